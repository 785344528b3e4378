import { AppError, type ErrorCode } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import type { ServerAddress } from './server-address.ts';
import type { ServiceAnswer } from './server-messages.ts';
import { askServer, requestNumber } from './server-requests.ts';

export interface RelayTicket {
  /** Names the meeting place: both sides get the same. */
  readonly room: string;
  /** Where to go with the ticket, once. */
  readonly url: string;
}

export interface RelayTicketOptions {
  /** Whom to meet. */
  peer: string;
  /** The session in the open, base64url: each gets a room of its own. */
  session: string;
  /** Only for a room with oneself. */
  side?: 0 | 1;
}

const REFUSALS: Record<Extract<ServiceAnswer, { type: 'refused' }>['code'], ErrorCode> = {
  'too-many': 'relay-full',
  busy: 'relay-full',
  off: 'peer-unreachable',
};

/** Asks our server for a place on its relay. @throws AppError `relay-full`, `peer-unreachable`, `server-unreachable`; the signal's reason. */
export async function askRelayTicket(
  broker: Broker,
  address: ServerAddress,
  options: RelayTicketOptions,
  signal?: AbortSignal,
): Promise<RelayTicket> {
  const request = { type: 'relay-ticket' as const, n: requestNumber(), ...options };
  const answer = await askServer(broker, request, signal ? { signal } : {});
  if (answer.type === 'refused') throw new AppError(REFUSALS[answer.code]);
  if (answer.type !== 'relay-ticket') throw new AppError('message-invalid');
  const url = `${address.url.replace(/^http/, 'ws')}/relay?ticket=${answer.ticket}`;
  return { room: answer.room, url };
}
