import type { ErrorCode } from '../shared/errors.ts';
import type { Services } from './ice-servers.ts';
import type { RaceFailure } from './race.ts';

/** Why there is no link although the peer is there, for the person: the cause that something can be done about. */
export function failureCode(failure: RaceFailure, services: Services | null): ErrorCode {
  if (failure.direct === 'tampered' || failure.relay === 'tampered') return 'tampered';
  if (failure.relay === 'relay-full') return 'relay-full';
  if (failure.isBlocked) return 'webrtc-blocked';
  const hasOutside = services !== null && (services.stun || services.turn);
  if (hasOutside && failure.isLocal && failure.relay === null) return 'udp-blocked';
  return 'peer-unreachable';
}
