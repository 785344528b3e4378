import type { AppState, Connection, IncomingShare } from '../../core/session/state.ts';

/** What the viewer shows about a share and who shows it. */
export interface About
  extends Pick<
    IncomingShare,
    'title' | 'source' | 'hasAudio' | 'page' | 'pause' | 'trouble' | 'pointing' | 'startedAt'
  > {
  readonly myName: string;
  readonly peerName: string;
  readonly connection: Connection;
  /** Whether the share goes on, as far as this device knows. */
  readonly isKnown: boolean;
}

/** What is assumed of a share that the state hasn't named yet. */
const UNKNOWN = {
  title: '',
  source: 'tab',
  hasAudio: true,
  page: null,
  pause: null,
  trouble: null,
  pointing: false,
} as const satisfies Partial<About>;

/** What the state says about a share now; null while it knows neither the share nor its peer. What was known stays on screen after the share. */
export function aboutShare(state: AppState, peerId: string, shareId: string, before: About | null): About | null {
  const peer = state.peers.find(({ id }) => id === peerId);
  const share = state.incomingShares.find((share) => share.shareId === shareId && share.peerId === peerId);
  if (!peer) return before && { ...before, isKnown: false };
  const { title, source, hasAudio, page, pause, trouble, pointing, startedAt } = share ??
    before ?? { ...UNKNOWN, startedAt: Date.now() };
  const { name: peerName, connection } = peer;
  return {
    myName: state.me.name,
    peerName,
    connection,
    title,
    source,
    hasAudio,
    page,
    pause,
    trouble,
    pointing,
    startedAt,
    isKnown: share !== undefined,
  };
}
