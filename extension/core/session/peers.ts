import type { Link } from '../link/link.ts';
import type { Hello, Message } from '../protocol/messages.ts';
import { PROTOCOL_VERSION } from '../protocol/messages.ts';
import { within } from '../shared/abort.ts';
import { report } from '../shared/report.ts';
import type { Broker } from '../signalling/broker.ts';
import { Rendezvous, type RendezvousStatus } from '../signalling/rendezvous.ts';
import type { Database, StoredPeer } from './database.ts';
import { Session } from './session.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A peer that is there answers within a round trip. */
const UNPAIR_LIMIT_MS = 1_500;
const UNPAIRED = {
  presence: 'offline' as const,
  connection: { state: 'failed' as const, code: 'peer-unpaired' as const },
};

export interface PeersOptions {
  store: Store;
  database: Database;
  timeline: Timeline;
  iceServers: RTCIceServer[];
  /** What I show this peer, for the greeting. */
  shareWith(peerId: string): string | null;
  onConnected(peerId: string, session: Session, hello: Hello): void;
  onDisconnected(peerId: string): void;
  onRemoved(peerId: string): void;
  onMessage(peerId: string, message: Exclude<Message, Hello>): Promise<void> | void;
}

/** Everybody this device is paired with, the session with each, and how they stand. */
export class Peers {
  readonly #options: PeersOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #stored = new Map<string, StoredPeer>();
  #rendezvous: Rendezvous | null = null;
  #presence: 'online' | 'away' = 'online';

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** Reads everybody from the database into the state. */
  async load(): Promise<void> {
    for (const stored of await this.#options.database.peers()) await this.#show(stored);
  }

  /** Meets everybody on this server; an earlier one is left. */
  useBroker(broker: Broker): void {
    this.#rendezvous?.close();
    this.#rendezvous = new Rendezvous(broker, {
      iceServers: this.#options.iceServers,
      onLink: (peerId, link) => this.#linked(peerId, link),
      onStatus: (peerId, status) => this.#status(peerId, status),
    });
    for (const stored of this.#stored.values()) if (!stored.unpaired) this.#rendezvous.add(stored.id);
  }

  knows(peerId: string): boolean {
    return this.#sessions.has(peerId);
  }

  session(peerId: string): Session | null {
    return this.#sessions.get(peerId) ?? null;
  }

  /** The session while it is connected. */
  connected(peerId: string): Session | null {
    const session = this.#sessions.get(peerId);
    return session?.link ? session : null;
  }

  /** Remembers a newly paired peer; one that is known already keeps its history. */
  async add(peer: { id: string; name: string }): Promise<void> {
    const known = this.#stored.get(peer.id);
    const stored: StoredPeer = known
      ? { ...known, name: peer.name, unpaired: false }
      : { ...peer, ownName: null, pairedAt: Date.now(), lastSeenAt: null, readAt: 0, unpaired: false };
    await this.#options.database.savePeer(stored);
    if (known) this.#rename(stored);
    else await this.#show(stored);
    this.#rendezvous?.add(peer.id);
    this.#rendezvous?.retry(peer.id);
  }

  /** Ends the pairing on this side, and on the other when it can be told now. Erases all that was said. */
  async forget(peerId: string): Promise<void> {
    const session = this.connected(peerId);
    if (session?.link) {
      // The peer answers by closing the link.
      const told = Promise.race([session.channel.send({ type: 'unpair' }), session.link.closed]);
      await within(told, UNPAIR_LIMIT_MS, 'peer-offline').catch(() => {});
    }
    await this.#remove(peerId);
  }

  /** The peer ended the pairing: it is not looked for any more. What was said stays until the person forgets it too. */
  async wasForgotten(peerId: string): Promise<void> {
    const stored = this.#stored.get(peerId);
    if (!stored) return;
    this.#options.onRemoved(peerId);
    this.#rendezvous?.remove(peerId);
    await this.#keep({ ...stored, unpaired: true });
    this.#options.store.changePeer(peerId, UNPAIRED);
  }

  async rename(peerId: string, ownName: string): Promise<void> {
    const stored = this.#stored.get(peerId);
    if (stored) await this.#keep({ ...stored, ownName });
  }

  retry(peerId: string): void {
    this.#rendezvous?.retry(peerId);
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
      greeting: () => this.#greeting(stored.id),
      onConnected: (hello) => this.#connected(stored.id, session, hello),
      onMessage: (message) => this.#options.onMessage(stored.id, message),
      onDisconnected: () => this.#disconnected(stored.id),
      onPath: () => this.#showPath(stored.id, session),
      onInvalid: () => store.notice('message-invalid', { peerId: stored.id }),
      onOtherVersion: () => store.notice('version-mismatch', { peerId: stored.id }),
    });
    this.#stored.set(stored.id, stored);
    this.#sessions.set(stored.id, session);
    const loaded = await timeline.load(stored.id, stored.readAt);
    const peer = {
      id: stored.id,
      name: stored.ownName ?? stored.name,
      presence: 'offline' as const,
      lastSeenAt: stored.lastSeenAt,
      connection: { state: 'offline' as const },
      typing: false,
      ...loaded,
      ...(stored.unpaired && UNPAIRED),
    };
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

  #linked(peerId: string, link: Link): void {
    const session = this.#sessions.get(peerId);
    if (session) session.attach(link);
    else link.close('peer-unknown');
  }

  #connected(peerId: string, session: Session, hello: Hello): void {
    this.#showPath(peerId, session);
    this.heard(peerId, hello.presence, hello.name);
    this.#options.onConnected(peerId, session, hello);
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
    this.#options.store.changePeer(peerId, {
      connection: { state: 'connected', path: link.path, rttMs: link.rttMs },
    });
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
    this.#options.onRemoved(peerId);
    this.#sessions.delete(peerId);
    this.#stored.delete(peerId);
    this.#rendezvous?.remove(peerId);
    session.close();
    const { store, database } = this.#options;
    store.change({ peers: store.now.peers.filter((peer) => peer.id !== peerId) });
    await database.deletePeer(peerId);
  }
}
