import { effect } from '@preact/signals-core';
import type { DataConnection } from 'peerjs';
import * as v from 'valibot';
import type { DhKey } from '../crypto/dh.ts';
import type { SealedPayload } from '../crypto/seal.ts';
import type { Role } from '../crypto/session-keys.ts';
import { endsAt } from '../link/certificate.ts';
import { DirectLink } from '../link/direct-link.ts';
import type { Link } from '../link/link.ts';
import { Backoff } from '../shared/backoff.ts';
import { fromBase64Url } from '../shared/bytes.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import { Handshake, type PeerCredentials } from './handshake.ts';
import { PeerJsSays, type SignallingMessage } from './messages.ts';

export interface RendezvousOptions {
  self: { id: string; identity: DhKey };
  iceServers(): RTCIceServer[];
  /** A link to the peer is open. An older link to it has been closed with `replaced`. */
  onLink(peerId: string, link: Link): void;
  /** How far things are with a peer that has no link. */
  onStatus(peerId: string, status: RendezvousStatus): void;
  /** The peer's newest time, worth keeping. */
  onTs(peerId: string, ts: number): void;
  /** Somebody says that this pairing was ended, and brings a proof to be checked. */
  onBye(peerId: string, proof: Uint8Array): void;
  /** A knock of somebody this device isn't paired with: the answer to give, if any. */
  onStranger(peerId: string): SignallingMessage | null;
}

export type RendezvousStatus = { state: 'offline' } | { state: 'connecting' } | { state: 'failed'; code: ErrorCode };

/** Long enough for a slow TURN allocation, short enough that a person still waits. Nothing else reports a path that can't exist. */
const DIAL_LIMIT_MS = 12_000;
/** Insurance only: a peer that comes online knocks by itself. */
const FIRST_KNOCK_MS = 4_000;
const MAX_KNOCK_MS = 60_000;

/** What a peer's offer or answer has to say for itself, inside the seal. */
const Description = v.object({
  type: v.picklist(['OFFER', 'ANSWER']),
  payload: v.object({ connectionId: v.string(), sdp: v.object({ sdp: v.string() }) }),
});

interface Contact {
  handshake: Handshake;
  /** The peer's newest description as it came out of the seal: its certificate is the one that the link must end at. */
  described: { connectionId: string; sdp: string } | null;
  link: Link | null;
  /** A dial of ours or of theirs is under way; a newer one aborts it. */
  attempt: AbortController | null;
  backoff: Backoff;
  timer: ReturnType<typeof setTimeout> | null;
}

/**
 * Finds every known peer again. Whoever comes online or loses a link knocks: message 1 of a Noise handshake. Once a session is fresh
 * the side with the lower id dials through it (so both never dial at once), the other waits. Nothing of PeerJS passes unsealed.
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
      broker.onMessage((src, message) => this.#receive(src, message)),
      broker.onSealed((src, payload) => this.#open(src, payload)),
      broker.onAbsent((src) => {
        const contact = this.#contacts.get(src);
        contact?.handshake.absent();
        if (contact && !contact.link) this.#options.onStatus(src, { state: 'offline' });
      }),
      broker.onConnection((connection) => {
        const contact = this.#contacts.get(connection.peer);
        if (contact && !this.#dials(connection.peer)) void this.#connect(connection.peer, contact, connection, false);
        else connection.close();
      }),
    ];
  }

  /** Looks for this peer from now on. Idempotent. */
  add(peerId: string, credentials: PeerCredentials): void {
    if (this.#contacts.has(peerId)) return;
    const handshake = new Handshake({
      self: this.#options.self,
      peerId,
      credentials,
      send: (message) => this.#broker.send(peerId, message),
      onFresh: (role) => this.#fresh(peerId, role),
      onTs: (ts) => this.#options.onTs(peerId, ts),
    });
    const backoff = new Backoff(FIRST_KNOCK_MS, MAX_KNOCK_MS);
    this.#contacts.set(peerId, { handshake, described: null, link: null, attempt: null, backoff, timer: null });
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

  /** What the broker seals PeerJS's messages to this peer with. */
  seal(peerId: string, message: unknown): SealedPayload | null {
    return this.#contacts.get(peerId)?.handshake.seal(message) ?? null;
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
    if (contact.link || contact.attempt || this.#broker.status.peek() !== 'online') return;
    contact.handshake.knock();
    contact.timer = setTimeout(() => this.#knock(peerId, contact), contact.backoff.next());
  }

  #receive(src: string, message: SignallingMessage): void {
    const contact = this.#contacts.get(src);
    if (message.type === 'knock' && !contact) {
      const answer = this.#options.onStranger(src);
      if (answer) this.#broker.send(src, answer);
    }
    if (!contact) return;
    if (message.type === 'knock' || message.type === 'welcome' || message.type === 'knock-again') {
      contact.handshake.receive(message);
    } else if (message.type === 'bye') {
      const proof = fromBase64Url(message.proof);
      if (proof) this.#options.onBye(src, proof);
    }
  }

  #open(src: string, payload: SealedPayload): void {
    const contact = this.#contacts.get(src);
    const message = contact?.handshake.open(payload);
    if (!contact || !v.is(PeerJsSays, message)) return;
    const description = v.safeParse(Description, message);
    if (description.success) {
      const { connectionId, sdp } = description.output.payload;
      contact.described = { connectionId, sdp: sdp.sdp };
    }
    this.#broker.deliver(src, message);
  }

  /** The peer is there, and has no link: what looks like one here is dead. */
  #fresh(peerId: string, role: Role): void {
    const contact = this.#contacts.get(peerId);
    if (!contact) return;
    contact.link?.close('replaced');
    if (!contact.attempt) this.#options.onStatus(peerId, { state: 'connecting' });
    if (this.#dials(peerId)) this.#dial(peerId, contact);
    else if (role === 'initiator') this.#broker.sendSealed(peerId, { type: 'READY' });
  }

  #dial(peerId: string, contact: Contact): void {
    const connection = this.#broker.connect(peerId);
    if (connection) void this.#connect(peerId, contact, connection, true);
  }

  async #connect(peerId: string, contact: Contact, connection: DataConnection, dialled: boolean): Promise<void> {
    contact.attempt?.abort();
    const attempt = new AbortController();
    contact.attempt = attempt;
    const link = new DirectLink(connection, { dialled, iceServers: this.#options.iceServers });
    if (!contact.link) this.#options.onStatus(peerId, { state: 'connecting' });
    try {
      await link.ready(DIAL_LIMIT_MS, attempt.signal);
      const { described } = contact;
      const isSealed =
        described?.connectionId === connection.connectionId && (await endsAt(connection.peerConnection, described.sdp));
      if (!isSealed) {
        link.close('tampered');
        throw new AppError('tampered');
      }
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
      this.#options.onStatus(peerId, { state: contact.attempt ? 'connecting' : 'offline' });
      // After a goodbye the peer knocks when it is back; otherwise look for it at once.
      if (reason !== 'bye' && reason !== 'replaced') this.retry(peerId);
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
