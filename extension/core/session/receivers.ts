import type { AppState, PeerState } from './state.ts';

/** Codes that say that nothing goes to this peer any more, until the person does something about it. */
const PARTED = new Set(['peer-blocked', 'peer-unpaired']);

/** Peers that something can be sent to, now or once they are back: the one last sent to first, then as the state has them. */
export function receiversOf({ peers }: AppState, max: number): PeerState[] {
  const lastSent = (peer: PeerState) => peer.timeline.findLast(({ mine }) => mine)?.at ?? 0;
  return peers
    .filter(({ blocked, connection }) => !blocked && !(connection.state === 'failed' && PARTED.has(connection.code)))
    .map((peer) => ({ peer, at: lastSent(peer) }))
    .sort((a, b) => b.at - a.at)
    .slice(0, max)
    .map(({ peer }) => peer);
}
