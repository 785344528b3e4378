import type { Role, SessionKeys } from '../crypto/session-keys.ts';
import type { Link } from '../link/link.ts';
import { openRelayLink } from '../link/relay-link.ts';
import { openSecureLink } from '../link/secure-link.ts';
import { toBase64Url } from '../shared/bytes.ts';
import type { Broker } from './broker.ts';
import { askRelayTicket } from './relay-tickets.ts';
import type { ServerAddress } from './server-address.ts';

export interface RelayMeeting {
  readonly peerId: string;
  readonly role: Role;
  readonly keys: SessionKeys;
  /** There is a ticket: no more is asked of the signalling server. */
  onAdmitted(): void;
}

/**
 * Meets the peer of a session on the server's relay. Both ask for a ticket of their own; what they say there is sealed with the keys
 * of the session, so the server learns how much it is and when, and no more.
 * @throws AppError `relay-full`, `link-lost`, `timed-out`, …; the signal's reason
 */
export async function meetOnRelay(
  broker: Broker,
  address: ServerAddress,
  { peerId, role, keys, onAdmitted }: RelayMeeting,
  signal: AbortSignal,
): Promise<Link> {
  const session = toBase64Url(keys.id);
  const { room, url } = await askRelayTicket(broker, address, { peer: peerId, session }, signal);
  onAdmitted();
  const inner = await openRelayLink(url, signal);
  return openSecureLink(inner, { secret: keys.relay, room, role }, signal);
}
