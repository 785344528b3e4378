import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Backplane } from '../backplane/backplane.ts';
import type { Config } from '../config.ts';
import { type RelaySide, relayRoomInput } from '../protocol.ts';

/** What a ticket admits to. */
export interface RelayAdmission {
  readonly room: string;
  readonly side: RelaySide;
  /** What both sides together may send before the room is closed. */
  readonly maxBytes: number;
}

export type RelayTicketConfig = Pick<Config, 'relaySecret' | 'relayTicketTtlMs' | 'relayBytesPerRoom'>;

/** `room.side.expiresMs.maxBytes.nonce.mac`. The room comes first, so that a proxy can send both sides of one to the same server. */
const TICKET =
  /^(?<signed>(?<room>[A-Za-z0-9_-]{22})\.(?<side>[01])\.(?<expiresMs>\d{13})\.(?<maxBytes>\d{1,16})\.(?<nonce>[A-Za-z0-9_-]{22}))\.(?<mac>[A-Za-z0-9_-]{43})$/;

/** Clocks that are set a little meanwhile are no way to use a ticket again. */
const MEMORY_SPARE_MS = 5000;

/** The name of the room that two devices share for one session: the same whichever of them asks. */
export function relayRoomOf(idA: string, idB: string, session: string): string {
  return createHash('sha256')
    .update(relayRoomInput(idA, idB, session))
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

/**
 * Makes and takes admissions to relay rooms. A ticket is given only to a socket with a proven id, for a room of that id, so who is in
 * a room was decided before the relay hears of it.
 */
export class RelayTickets {
  readonly ttlMs: number;
  readonly #key: Buffer;
  readonly #maxBytes: number;
  readonly #backplane: Backplane;

  constructor(config: RelayTicketConfig, backplane: Backplane) {
    this.ttlMs = config.relayTicketTtlMs;
    this.#maxBytes = config.relayBytesPerRoom;
    this.#key = config.relaySecret === '' ? randomBytes(32) : Buffer.from(config.relaySecret);
    this.#backplane = backplane;
  }

  mint(room: string, side: RelaySide): string {
    const nonce = randomBytes(16).toString('base64url');
    const signed = [room, side, Date.now() + this.ttlMs, this.#maxBytes, nonce].join('.');
    return `${signed}.${this.#mac(signed).toString('base64url')}`;
  }

  /** The admission, once for every ticket that is ours and in time. Whatever is wrong with it, the answer is the same. */
  async redeem(text: string): Promise<RelayAdmission | undefined> {
    const { signed, room, side, expiresMs, maxBytes, nonce, mac } = TICKET.exec(text)?.groups ?? {};
    if (signed === undefined || room === undefined || mac === undefined) return undefined;
    // 43 characters of base64url are 32 bytes.
    if (!timingSafeEqual(this.#mac(signed), Buffer.from(mac, 'base64url'))) return undefined;
    if (Number(expiresMs) <= Date.now()) return undefined;
    // By its nonce rather than by text: another spelling of the same MAC is no new ticket.
    if (!(await this.#backplane.useOnce(`relay.${nonce}`, this.ttlMs + MEMORY_SPARE_MS))) return undefined;
    return { room, side: side === '1' ? 1 : 0, maxBytes: Number(maxBytes) };
  }

  #mac(signed: string): Buffer {
    return createHmac('sha256', this.#key).update(`pairwise/relay-ticket/v1\0${signed}`).digest();
  }
}
