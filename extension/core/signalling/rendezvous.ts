import { effect } from '@preact/signals-core';
import * as v from 'valibot';
import type { DhKey } from '../crypto/dh.ts';
import type { SealedPayload } from '../crypto/seal.ts';
import type { Link } from '../link/link.ts';
import { fromBase64Url } from '../shared/bytes.ts';
import type { OtherVersion } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import { Contact, type ContactBroker, type Paths, type RendezvousStatus } from './contact.ts';
import type { PeerCredentials } from './handshake.ts';
import { PeerJsSays, SealedCall, type SignallingMessage } from './messages.ts';

export type { RendezvousStatus } from './contact.ts';

/** What all contacts together need of this device's place on the server. */
export type RendezvousBroker = ContactBroker &
  Pick<Broker, 'onMessage' | 'onSealed' | 'onAbsent' | 'onConnection' | 'deliver'>;

export interface RendezvousOptions {
  self: { id: string; identity: DhKey };
  /** The ways to a peer that the server offers right now. */
  paths(): Paths;
  /** As `ContactOptions.onLink`. */
  onLink(peerId: string, link: Link): Promise<boolean | OtherVersion>;
  /** How far things are with a peer that has no link. */
  onStatus(peerId: string, status: RendezvousStatus): void;
  /** The link in use was heard no more, or is again. */
  onSuspect(peerId: string, isSuspect: boolean): void;
  /** The peer's newest time, worth keeping. */
  onTs(peerId: string, ts: number): void;
  /** Somebody says that this pairing was ended, and brings a proof to be checked. */
  onBye(peerId: string, proof: Uint8Array): void;
  /** A knock of somebody this device isn't paired with: the answer to give, if any. */
  onStranger(peerId: string): SignallingMessage | null;
}

/** How often links are looked at. */
const LOOK_MS = 1_000;

/** What a peer's offer or answer has to say for itself, inside the seal. */
const Description = v.object({
  type: v.picklist(['OFFER', 'ANSWER']),
  payload: v.object({ connectionId: v.string(), sdp: v.object({ sdp: v.string() }) }),
});

/**
 * Finds every known peer again. Whoever comes online, loses a link or hears nothing on it knocks: message 1 of a Noise handshake. Once
 * a session is fresh, direct, TURN and relay race (race.ts). Nothing of PeerJS passes unsealed.
 */
export class Rendezvous {
  readonly #broker: RendezvousBroker;
  readonly #options: RendezvousOptions;
  readonly #contacts = new Map<string, Contact>();
  readonly #subscriptions: Array<() => void>;

  constructor(broker: RendezvousBroker, options: RendezvousOptions) {
    this.#broker = broker;
    this.#options = options;
    const timer = setInterval(() => this.#look(), LOOK_MS);
    this.#subscriptions = [
      () => clearInterval(timer),
      effect(() => {
        const online = broker.status.value === 'online';
        for (const contact of this.#contacts.values()) online ? contact.online() : contact.offline();
      }),
      broker.onMessage((src, message) => this.#receive(src, message)),
      broker.onSealed((src, payload) => this.#open(src, payload)),
      broker.onAbsent((src) => this.#contacts.get(src)?.absent()),
      broker.onConnection((connection) => {
        const contact = this.#contacts.get(connection.peer);
        if (contact) contact.incoming(connection);
        else connection.close();
      }),
    ];
  }

  /** Looks for this peer from now on. Idempotent. */
  add(peerId: string, credentials: PeerCredentials): void {
    if (this.#contacts.has(peerId)) return;
    const { self, paths, onLink, onStatus, onSuspect, onTs } = this.#options;
    const contact = new Contact({
      self,
      peerId,
      credentials,
      broker: this.#broker,
      paths,
      onLink: (link) => onLink(peerId, link),
      onStatus: (status) => onStatus(peerId, status),
      onSuspect: (isSuspect) => onSuspect(peerId, isSuspect),
      onTs: (ts) => onTs(peerId, ts),
    });
    this.#contacts.set(peerId, contact);
    onStatus(peerId, { state: 'offline' });
    contact.retry();
  }

  /** Forgets the peer and closes its link. */
  remove(peerId: string): void {
    const contact = this.#contacts.get(peerId);
    this.#contacts.delete(peerId);
    contact?.close();
  }

  /** Knocks now. */
  retry(peerId: string): void {
    this.#contacts.get(peerId)?.retry();
  }

  /** This device has another network, or slept: every link is asked for a sign of life, and a better one looked for. */
  networkChanged(): void {
    for (const contact of this.#contacts.values()) contact.networkChanged();
  }

  /** What the broker seals PeerJS's messages to this peer with. */
  seal(peerId: string, message: unknown): SealedPayload | null {
    return this.#contacts.get(peerId)?.seal(message) ?? null;
  }

  close(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    for (const peerId of [...this.#contacts.keys()]) this.remove(peerId);
  }

  #look(): void {
    let isInDoubt = false;
    for (const contact of this.#contacts.values()) {
      contact.look();
      isInDoubt ||= contact.isInDoubt;
    }
    if (isInDoubt) this.#broker.doubt();
  }

  #receive(src: string, message: SignallingMessage): void {
    const contact = this.#contacts.get(src);
    if (message.type === 'knock' && !contact) {
      const answer = this.#options.onStranger(src);
      if (answer) this.#broker.send(src, answer);
    }
    if (!contact) return;
    if (message.type === 'knock' || message.type === 'welcome' || message.type === 'knock-again') {
      contact.receive(message);
    } else if (message.type === 'bye') {
      const proof = fromBase64Url(message.proof);
      if (proof) this.#options.onBye(src, proof);
    }
  }

  #open(src: string, payload: SealedPayload): void {
    const contact = this.#contacts.get(src);
    const message = contact?.open(payload);
    if (!contact || !message) return;
    const call = v.safeParse(SealedCall, message);
    if (call.success) return contact.called(call.output.type);
    if (!v.is(PeerJsSays, message)) return;
    const description = v.safeParse(Description, message);
    if (description.success) {
      const { connectionId, sdp } = description.output.payload;
      contact.describe(connectionId, sdp.sdp);
    }
    this.#broker.deliver(src, message);
  }
}
