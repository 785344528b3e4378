import type { AppState, PeerState } from '../../core/session/state.ts';
import type { ErrorCode } from '../../core/shared/errors.ts';

/** Why two browsers are not connected, as far as this one can tell. `other`: its code has a sentence of its own. */
export type Cause =
  | 'network'
  | 'clock'
  | 'server'
  | 'webrtc-blocked'
  | 'udp-blocked'
  | 'relay-full'
  | 'version'
  | 'local-denied'
  | 'local'
  | 'path'
  | 'other';

type Server = AppState['server'];

/** What this browser knows of itself. */
export interface Surroundings {
  readonly nowMs: number;
  /** Whether the computer has a network at all. */
  readonly isOnLine: boolean;
  /** Whether a person or a policy keeps the local network from Pairwise. */
  readonly isLocalDenied: boolean;
}

/** Certificates allow for less. */
const MAX_CLOCK_ERROR_MS = 5 * 60_000;
const LOOPBACK = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(?=[:/]|$)/;
const BY_CODE: Partial<Record<ErrorCode, Cause>> = {
  'webrtc-blocked': 'webrtc-blocked',
  'udp-blocked': 'udp-blocked',
  'relay-full': 'relay-full',
  'version-behind': 'version',
  'version-ahead': 'version',
};

/** Why there is no way to a peer that is there. */
export function causeOf(code: ErrorCode, server: Server, peer: PeerState, around: Surroundings): Cause {
  const own = serverCause(server, [peer], around);
  if (own) return own;
  const known = BY_CODE[code];
  if (known) return known;
  if (code !== 'peer-unreachable') return 'other';
  if (around.isLocalDenied) return 'local-denied';
  return isLocalOnly(server) ? 'local' : 'path';
}

/** Why nobody can be found: null while the server is there. */
export function serverCause(
  server: Server,
  peers: readonly PeerState[],
  { nowMs, isOnLine }: Surroundings,
): 'network' | 'clock' | 'server' | null {
  if (server.status === 'online') return null;
  // A server on this computer needs no network.
  if (!isOnLine && !LOOPBACK.test(server.url)) return 'network';
  if (clockErrorMs(server, peers, nowMs) > MAX_CLOCK_ERROR_MS) return 'clock';
  return server.problem !== null || server.status === 'unreachable' ? 'server' : null;
}

/** How far this computer's clock is off, as far as anything tells: the server did, or somebody was here later than now. */
export function clockErrorMs(server: Server, peers: readonly PeerState[], nowMs: number): number {
  const latestMs = Math.max(0, ...peers.map(({ lastSeenAt }) => lastSeenAt ?? 0));
  return Math.max(Math.abs(server.clockAheadMs ?? 0), latestMs - nowMs);
}

/** Whether the server has said that it offers nothing that leads out of a network. */
export function isLocalOnly({ services }: Server): boolean {
  return services !== null && !services.stun && !services.turn && !services.relay;
}
