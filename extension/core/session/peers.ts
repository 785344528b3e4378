import type { DeviceKeys } from '../crypto/device-keys.ts';
import type { SealedPayload } from '../crypto/seal.ts';
import { isUnpairProof } from '../crypto/unpair-proof.ts';
import { verifierWords } from '../crypto/verifier.ts';
import type { Link } from '../link/link.ts';
import type { Pairing } from '../pairing/exchange-run.ts';
import type { Hello, Message } from '../protocol/messages.ts';
import { PROTOCOL_VERSION } from '../protocol/messages.ts';
import { within } from '../shared/abort.ts';
import { sameBytes } from '../shared/bytes.ts';
import { AppError, type OtherVersion } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import type { Paths } from '../signalling/contact.ts';
import { Rendezvous, type RendezvousBroker, type RendezvousStatus } from '../signalling/rendezvous.ts';
import type { Database, StoredPeer } from './database.ts';
import { Farewells } from './farewells.ts';
import { BLOCKED, credentials, recordOf, shownPeer, UNPAIRED } from './peer-record.ts';
import { Renewals } from './renewals.ts';
import { Session } from './session.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A peer that is there answers within a round trip. */
const UNPAIR_LIMIT_MS = 1_500;
export interface PeersOptions {
  store: Store;
  database: Database;
  timeline: Timeline;
  keys: DeviceKeys;
  /** What I show this peer, for the greeting. */
  shareWith(peerId: string): string | null;
  /** The peer greeted. `isSwitch`: it was connected already, over another link. */
  onConnected(peerId: string, session: Session, hello: Hello, isSwitch: boolean): void;
  onDisconnected(peerId: string): void;
  /** This peer is no more looked for. `forgotten`: all that is known of it goes. */
  onRemoved(peerId: string, why: 'forgotten' | 'unpaired' | 'blocked'): void;
  onMessage(peerId: string, message: Exclude<Message, Hello>): Promise<void> | void;
}

/** Everybody this device is paired with, the session with each, and how they stand. */
export class Peers {
  readonly #options: PeersOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #stored = new Map<string, StoredPeer>();
  readonly #renewals = new Renewals();
  readonly #farewells: Farewells;
  #rendezvous: Rendezvous | null = null;
  #presence: 'online' | 'away' = 'online';

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#farewells = new Farewells(options.database);
  }

  /** Reads everybody from the database into the state. */
  async load(): Promise<void> {
    const { database } = this.#options;
    for (const stored of await database.peers()) await this.#show(stored);
    await this.#farewells.load();
  }

  /** Meets everybody on this server; an earlier one is left. */
  useServer({ broker, paths }: { broker: RendezvousBroker; paths(): Paths }): void {
    this.#rendezvous?.close();
    for (const session of this.#sessions.values()) session.leave();
    this.#rendezvous = new Rendezvous(broker, {
      self: this.#options.keys,
      paths,
      onLink: (peerId, link) => this.#linked(peerId, link),
      onStatus: (peerId, status) => this.#status(peerId, status),
      onSuspect: (peerId, isSuspect) => this.#suspect(peerId, isSuspect),
      onTs: (peerId, ts) => this.#sawTs(peerId, ts),
      onBye: (peerId, proof) => void this.#bye(peerId, proof).catch(report),
      onStranger: (peerId) => this.#farewells.messageFor(peerId),
    });
    for (const stored of this.#stored.values()) this.#meet(this.#renewals.get(stored.id) ?? stored);
  }

  /** What PeerJS says to a peer goes out sealed with this; null without a session. */
  seal(peerId: string, message: unknown): SealedPayload | null {
    return this.#rendezvous?.seal(peerId, message) ?? null;
  }

  isBlocked(peerId: string): boolean {
    return this.#stored.get(peerId)?.blocked ?? false;
  }

  session(peerId: string): Session | null {
    return this.#sessions.get(peerId) ?? null;
  }

  /** The session while it is connected. */
  connected(peerId: string): Session | null {
    const session = this.#sessions.get(peerId);
    return session?.link ? session : null;
  }

  /**
   * Remembers a newly paired peer. One that is known already keeps its history, and its old pairing until the new one has been used.
   * @throws AppError `identity-mismatch` when a known id comes with another identity: never overwritten, never silent.
   */
  async add(pairing: Pairing): Promise<void> {
    const { id, identity } = pairing.peer;
    const known = this.#stored.get(id);
    if (known && !sameBytes(known.identityKey, identity)) throw new AppError('identity-mismatch');
    const stored = recordOf(pairing, known);
    await this.#farewells.delete(id);
    if (known) return this.#renew(stored);
    await this.#options.database.savePeer(stored);
    await this.#show(stored);
    this.#meet(stored);
  }

  /** Ends the pairing on this side, and on the other when it can be told now. Erases all that was said. */
  async forget(peerId: string): Promise<void> {
    const session = this.connected(peerId);
    if (session?.link) {
      // The peer answers by closing the link.
      const told = Promise.race([session.channel.send({ type: 'unpair' }), session.link.closed]);
      await within(told, UNPAIR_LIMIT_MS, 'peer-offline').catch(() => {});
    }
    const stored = this.#stored.get(peerId);
    // Who had ended the pairing before knows the new one alone.
    const known = stored?.unpaired ? this.#renewals.get(peerId) : stored;
    if (known) await this.#farewells.add(known);
    await this.#remove(peerId);
  }

  /** Neither looks for this peer nor answers it, or does so again. It isn't told. */
  async block(peerId: string, blocked: boolean): Promise<void> {
    const stored = this.#stored.get(peerId);
    if (!stored || stored.blocked === blocked) return;
    if (blocked) this.#renewals.take(peerId);
    const changed = { ...stored, blocked };
    await this.#keep(changed);
    this.#options.store.changePeer(peerId, { blocked });
    if (blocked) {
      this.#options.onRemoved(peerId, 'blocked');
      this.#leave(peerId);
      this.#options.store.changePeer(peerId, BLOCKED);
    } else if (changed.unpaired) this.#options.store.changePeer(peerId, UNPAIRED);
    else this.#meet(changed);
  }

  /** The peer ended the pairing: it is not looked for any more. What was said stays until the person forgets it too. */
  async wasForgotten(peerId: string): Promise<void> {
    const stored = this.#stored.get(peerId);
    if (!stored) return;
    this.#renewals.take(peerId);
    this.#options.onRemoved(peerId, 'unpaired');
    this.#leave(peerId);
    await this.#keep({ ...stored, unpaired: true });
    this.#options.store.changePeer(peerId, UNPAIRED);
  }

  async rename(peerId: string, ownName: string): Promise<void> {
    const stored = this.#stored.get(peerId);
    if (stored) await this.#keep({ ...stored, ownName });
  }

  /** From now on, what this peer sends is accepted without asking up to this size; null: always ask. */
  async acceptFiles(peerId: string, acceptUpToBytes: number | null): Promise<void> {
    const stored = this.#stored.get(peerId);
    if (!stored) return;
    await this.#keep({ ...stored, acceptUpToBytes });
    this.#options.store.changePeer(peerId, { acceptUpToBytes });
  }

  retry(peerId: string): void {
    this.#rendezvous?.retry(peerId);
  }

  /** This device has another network, or slept. */
  networkChanged(): void {
    this.#rendezvous?.networkChanged();
  }

  /** The person went away or came back. */
  setPresence(presence: 'online' | 'away'): void {
    this.#presence = presence;
    this.announce();
  }

  /** Tells everybody connected my presence and name. */
  announce(): void {
    const { name } = this.#options.store.now.me;
    for (const session of this.#sessions.values()) {
      session.channel.notify({ type: 'presence', presence: this.#presence, name });
    }
  }

  /** A peer told its presence or name. */
  heard(peerId: string, presence: 'online' | 'away', name: string): void {
    this.#options.store.changePeer(peerId, { presence, lastSeenAt: Date.now() });
    const stored = this.#stored.get(peerId);
    if (stored && stored.name !== name) this.#keep({ ...stored, name }).catch(report);
  }

  async #show(stored: StoredPeer): Promise<void> {
    const { store, timeline } = this.#options;
    const session = new Session({
      leads: this.#options.keys.id < stored.id,
      greeting: () => this.#greeting(stored.id),
      onConnected: (hello, isSwitch) => this.#connected(stored.id, session, hello, isSwitch),
      onMessage: (message) => this.#options.onMessage(stored.id, message),
      onDisconnected: () => this.#disconnected(stored.id),
      onPath: () => this.#showPath(stored.id, session),
      onInvalid: () => store.notice('message-invalid', { peerId: stored.id }),
    });
    this.#stored.set(stored.id, stored);
    this.#sessions.set(stored.id, session);
    const peer = shownPeer(stored, await timeline.load(stored.id, stored.readAt));
    store.change({ peers: [...store.now.peers, peer] });
  }

  #greeting(peerId: string): Hello {
    return {
      type: 'hello',
      version: PROTOCOL_VERSION,
      name: this.#options.store.now.me.name,
      presence: this.#presence,
      shareId: this.#options.shareWith(peerId),
    };
  }

  async #linked(peerId: string, link: Link): Promise<boolean | OtherVersion> {
    const session = this.#sessions.get(peerId);
    if (session) return session.attach(link);
    link.close('peer-unknown');
    return false;
  }

  /** Looks for a peer from now on, unless one side doesn't want that. */
  #meet(stored: StoredPeer): void {
    if (!stored.unpaired && !stored.blocked) this.#rendezvous?.add(stored.id, credentials(stored));
  }

  /** Looks for a peer no more, and closes every link to it. */
  #leave(peerId: string): void {
    this.#rendezvous?.remove(peerId);
    this.#sessions.get(peerId)?.leave();
  }

  #renew(renewed: StoredPeer): void {
    const { id } = renewed;
    this.#renewals.begin(renewed, () => {
      this.#leave(id);
      const stored = this.#stored.get(id);
      if (stored?.unpaired) this.#options.store.changePeer(id, UNPAIRED);
      else if (stored) this.#meet(stored);
    });
    this.#leave(id);
    this.#meet(renewed);
  }

  #sawTs(peerId: string, ts: number): void {
    const stored = this.#stored.get(peerId);
    if (stored && !this.#renewals.has(peerId)) this.#keep({ ...stored, lastTs: ts }).catch(report);
  }

  async #bye(peerId: string, proof: Uint8Array): Promise<void> {
    // While a pairing is made again, a farewell to the old one may still be on its way.
    if (this.#renewals.has(peerId)) return;
    const stored = this.#stored.get(peerId);
    if (stored && (await isUnpairProof(stored.root, proof))) await this.wasForgotten(peerId);
  }

  #connected(peerId: string, session: Session, hello: Hello, isSwitch: boolean): void {
    const renewed = this.#renewals.take(peerId);
    if (renewed) {
      this.#keep(renewed).catch(report);
      this.#options.store.changePeer(peerId, { words: verifierWords(renewed.verifier), blocked: false });
    }
    this.#showPath(peerId, session);
    if (!isSwitch) this.heard(peerId, hello.presence, hello.name);
    this.#options.onConnected(peerId, session, hello, isSwitch);
  }

  #disconnected(peerId: string): void {
    const lastSeenAt = Date.now();
    this.#options.store.changePeer(peerId, { presence: 'offline', connection: { state: 'offline' }, lastSeenAt });
    const stored = this.#stored.get(peerId);
    if (stored) this.#keep({ ...stored, lastSeenAt }).catch(report);
    this.#options.onDisconnected(peerId);
  }

  #showPath(peerId: string, session: Session): void {
    const link = session.link;
    if (!link) return;
    const { path, rttMs, isSuspect } = link;
    this.#options.store.changePeer(peerId, {
      connection: { state: 'connected', path, rttMs, ...(isSuspect && { isSuspect }) },
    });
  }

  #suspect(peerId: string, isSuspect: boolean): void {
    const connection = this.#options.store.peer(peerId)?.connection;
    if (connection?.state !== 'connected' || (connection.isSuspect ?? false) === isSuspect) return;
    const { isSuspect: _, ...shown } = connection;
    this.#options.store.changePeer(peerId, { connection: isSuspect ? { ...shown, isSuspect } : shown });
  }

  #status(peerId: string, status: RendezvousStatus): void {
    if (this.connected(peerId)) return;
    // A failed connection is still a sign of life.
    const presence = status.state === 'offline' ? ('offline' as const) : ('online' as const);
    this.#options.store.changePeer(peerId, { connection: status, presence });
  }

  #rename(stored: StoredPeer): void {
    this.#stored.set(stored.id, stored);
    this.#options.store.changePeer(stored.id, { name: stored.ownName ?? stored.name });
  }

  async #keep(stored: StoredPeer): Promise<void> {
    this.#rename(stored);
    await this.#options.database.savePeer(stored);
  }

  async #remove(peerId: string): Promise<void> {
    const session = this.#sessions.get(peerId);
    if (!session) return;
    this.#options.onRemoved(peerId, 'forgotten');
    this.#renewals.take(peerId);
    this.#sessions.delete(peerId);
    this.#stored.delete(peerId);
    this.#rendezvous?.remove(peerId);
    session.close();
    const { store, database } = this.#options;
    store.change({ peers: store.now.peers.filter((peer) => peer.id !== peerId) });
    await database.deletePeer(peerId);
  }
}
