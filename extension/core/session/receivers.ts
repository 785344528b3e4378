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

/** To whom a keyboard shortcut shows or sends: whoever is shown something now, else who of the connected ones was last shown or sent to. */
export function shortcutPeer(state: AppState): string | null {
  const connected = receiversOf(state, state.peers.length).filter(isConnected);
  const watching = connected.find(({ id }) => id === state.outgoingShare?.peerId);
  return (watching ?? connected[0])?.id ?? null;
}

/** What is shown can't wait until somebody is back. */
export function isConnected({ connection }: PeerState): boolean {
  return connection.state === 'connected';
}
