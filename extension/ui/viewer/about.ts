import type { AppState, Connection } from '../../core/session/state.ts';

/** What the viewer shows about a share and who shows it. */
export interface About {
  readonly peerName: string;
  readonly title: string;
  readonly hasAudio: boolean;
  readonly startedAt: number;
  readonly connection: Connection;
  /** Whether the share goes on, as far as this device knows. */
  readonly isKnown: boolean;
}

/** What the state says about a share now; null while it knows neither the share nor its peer. What was known stays on screen after the share. */
export function aboutShare(state: AppState, peerId: string, shareId: string, before: About | null): About | null {
  const peer = state.peers.find(({ id }) => id === peerId);
  const share = state.incomingShares.find((share) => share.shareId === shareId && share.peerId === peerId);
  if (!peer) return before && { ...before, isKnown: false };
  const { title, hasAudio, startedAt } = share ?? before ?? { title: '', hasAudio: true, startedAt: Date.now() };
  const { name: peerName, connection } = peer;
  return { peerName, title, hasAudio, startedAt, connection, isKnown: share !== undefined };
}
