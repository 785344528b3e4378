import { effect } from '@preact/signals-core';
import type { DataConnection } from 'peerjs';
import { DirectLink } from '../link/direct-link.ts';
import type { Link } from '../link/link.ts';
import { Backoff } from '../shared/backoff.ts';
import { type ErrorCode, errorCode } from '../shared/errors.ts';
import type { Broker } from './broker.ts';

export interface RendezvousOptions {
  iceServers: RTCIceServer[];
  /** A link to the peer is open. An older link to it has been closed with `replaced`. */
  onLink(peerId: string, link: Link): void;
  /** How far things are with a peer that has no link. */
  onStatus(peerId: string, status: RendezvousStatus): void;
}

export type RendezvousStatus = { state: 'offline' } | { state: 'connecting' } | { state: 'failed'; code: ErrorCode };

/** Long enough for a slow TURN allocation, short enough that a person still waits. Nothing else reports a path that can't exist. */
const DIAL_LIMIT_MS = 12_000;
/** Insurance only: a peer that comes online knocks by itself. */
const FIRST_KNOCK_MS = 4_000;
const MAX_KNOCK_MS = 60_000;

interface Contact {
  link: Link | null;
  /** A dial of ours or of theirs is under way; a newer one aborts it. */
  attempt: AbortController | null;
  backoff: Backoff;
  timer: ReturnType<typeof setTimeout> | null;
}

/**
 * Finds every known peer again: knocks when this device comes online, dials when it has the lower id (so both never dial at once),
 * waits when it has the higher one, and starts over when a link is lost.
 */
export class Rendezvous {
  readonly #broker: Broker;
  readonly #options: RendezvousOptions;
  readonly #contacts = new Map<string, Contact>();
  readonly #subscriptions: Array<() => void>;

  constructor(broker: Broker, options: RendezvousOptions) {
    this.#broker = broker;
    this.#options = options;
    this.#subscriptions = [
      effect(() => {
        const online = broker.status.value === 'online';
        for (const [peerId, contact] of this.#contacts) {
          if (contact.link) continue;
          if (online) this.retry(peerId);
          else if (!contact.attempt) options.onStatus(peerId, { state: 'offline' });
        }
      }),
      broker.onMessage((src, message) => {
        const contact = this.#contacts.get(src);
        if (!contact) return;
        if (message.type === 'knock') this.#onKnock(src, contact);
        else if (message.type === 'welcome' && this.#dials(src) && !contact.link) void this.#dial(src, contact);
      }),
      broker.onAbsent((src) => {
        const contact = this.#contacts.get(src);
        if (contact && !contact.link) this.#options.onStatus(src, { state: 'offline' });
      }),
      broker.onConnection((connection) => {
        const contact = this.#contacts.get(connection.peer);
        if (contact && !this.#dials(connection.peer)) void this.#open(connection.peer, contact, connection, false);
        else connection.close();
      }),
    ];
  }

  /** Looks for this peer from now on. Idempotent. */
  add(peerId: string): void {
    if (this.#contacts.has(peerId)) return;
    const backoff = new Backoff(FIRST_KNOCK_MS, MAX_KNOCK_MS);
    this.#contacts.set(peerId, { link: null, attempt: null, backoff, timer: null });
    this.#options.onStatus(peerId, { state: 'offline' });
    this.retry(peerId);
  }

  /** Forgets the peer and closes its link. */
  remove(peerId: string): void {
    const contact = this.#contacts.get(peerId);
    if (!contact) return;
    this.#contacts.delete(peerId);
    this.#stop(contact);
    contact.link?.close('bye');
  }

  /** Knocks now. */
  retry(peerId: string): void {
    const contact = this.#contacts.get(peerId);
    if (!contact || contact.link) return;
    contact.backoff.reset();
    this.#knock(peerId, contact);
  }

  close(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    for (const peerId of [...this.#contacts.keys()]) this.remove(peerId);
  }

  #dials(peerId: string): boolean {
    return this.#broker.id < peerId;
  }

  #knock(peerId: string, contact: Contact): void {
    if (contact.timer) clearTimeout(contact.timer);
    contact.timer = null;
    if (contact.link || contact.attempt || !this.#broker.send(peerId, { type: 'knock' })) return;
    contact.timer = setTimeout(() => this.#knock(peerId, contact), contact.backoff.next());
  }

  #onKnock(peerId: string, contact: Contact): void {
    // Whoever knocks has no link: what looks like one here is dead.
    contact.link?.close('replaced');
    if (this.#dials(peerId)) void this.#dial(peerId, contact);
    else this.#broker.send(peerId, { type: 'welcome' });
  }

  async #dial(peerId: string, contact: Contact): Promise<void> {
    if (contact.attempt) return; // The one under way answers this knock too.
    const connection = this.#broker.connect(peerId);
    if (connection) await this.#open(peerId, contact, connection, true);
  }

  async #open(peerId: string, contact: Contact, connection: DataConnection, dialled: boolean): Promise<void> {
    contact.attempt?.abort();
    const attempt = new AbortController();
    contact.attempt = attempt;
    const link = new DirectLink(connection, { dialled, iceServers: this.#options.iceServers });
    if (!contact.link) this.#options.onStatus(peerId, { state: 'connecting' });
    try {
      await link.ready(DIAL_LIMIT_MS, attempt.signal);
    } catch (error) {
      if (contact.attempt !== attempt) return;
      contact.attempt = null;
      if (!contact.link) this.#options.onStatus(peerId, { state: 'failed', code: errorCode(error) });
      return this.#knock(peerId, contact);
    }
    contact.attempt = null;
    this.#use(peerId, contact, link);
  }

  #use(peerId: string, contact: Contact, link: Link): void {
    this.#stop(contact);
    contact.link?.close('replaced');
    contact.link = link;
    void link.closed.then((reason) => {
      if (contact.link !== link) return;
      contact.link = null;
      if (!this.#contacts.has(peerId)) return;
      this.#options.onStatus(peerId, { state: 'offline' });
      // After a goodbye the peer knocks when it is back; otherwise look for it at once.
      if (reason !== 'bye') this.retry(peerId);
    });
    this.#options.onLink(peerId, link);
  }

  #stop(contact: Contact): void {
    contact.attempt?.abort();
    contact.attempt = null;
    if (contact.timer) clearTimeout(contact.timer);
    contact.timer = null;
    contact.backoff.reset();
  }
}
