import { effect, type ReadonlySignal } from '@preact/signals-core';
import { removeLeftovers } from '../files/opfs-folder.ts';
import { openOpfsStore } from '../files/opfs-store.ts';
import type { Hello, Message } from '../protocol/messages.ts';
import { AppError } from '../shared/errors.ts';
import { Broker } from '../signalling/broker.ts';
import { parseServerAddress } from '../signalling/server-address.ts';
import { Chat } from './chat.ts';
import { Database, type StoredSettings } from './database.ts';
import { FileSharing } from './file-sharing.ts';
import { Live } from './live.ts';
import { PairingFlow } from './pairing-flow.ts';
import { Peers } from './peers.ts';
import type { Platform } from './platform.ts';
import type { AppState } from './state.ts';
import { Store } from './store.ts';
import { Timeline } from './timeline.ts';

/** No STUN or TURN yet: two browsers meet on one network. The server will hand out the list. */
const ICE_SERVERS: RTCIceServer[] = [];

export interface PairwiseOptions {
  platform: Platform;
  /** What a first start begins with. */
  defaults: { name: string; serverUrl: string };
}

/** Pairwise without a browser extension around it: one device, its peers, and everything between them. */
export class Pairwise {
  readonly state: ReadonlySignal<AppState>;
  readonly pairing: PairingFlow;
  readonly peers: Peers;
  readonly chat: Chat;
  readonly files: FileSharing;
  readonly live: Live;
  readonly timeline: Timeline;
  readonly #store: Store;
  readonly #database: Database;
  #settings: StoredSettings;
  #broker: Broker;
  #stopWatchingServer: () => void = () => {};

  /** Reads what is kept, goes to the server and looks for every known peer. */
  static async start(options: PairwiseOptions): Promise<Pairwise> {
    await removeLeftovers();
    const database = await Database.open();
    const settings = await database.settings(options.defaults);
    const pairwise = new Pairwise(options, database, settings);
    await pairwise.peers.load();
    pairwise.peers.useBroker(pairwise.#broker);
    return pairwise;
  }

  private constructor({ platform }: PairwiseOptions, database: Database, settings: StoredSettings) {
    this.#database = database;
    this.#settings = settings;
    const store = new Store({
      me: { id: settings.id, name: settings.name },
      server: { url: settings.serverUrl, status: 'connecting' },
      pairing: { step: 'idle' },
      peers: [],
      outgoingShare: null,
      incomingShares: [],
      notices: [],
    });
    this.#store = store;
    this.state = store.state;
    const timeline = new Timeline(database, store);
    this.timeline = timeline;
    const connected = (peerId: string) => this.peers.connected(peerId);
    const nameOf = (peerId: string) => store.peer(peerId)?.name ?? '';
    const tell = (peerId: string, body: string) =>
      platform.notify({ opens: { kind: 'peer', peerId }, title: nameOf(peerId), body });

    this.chat = new Chat({
      store,
      timeline,
      database,
      connected,
      onArrived: (item) => tell(item.peerId, item.kind === 'chat' ? item.text : item.title || item.url),
    });
    this.files = new FileSharing({
      store,
      timeline,
      connected,
      openStore: openOpfsStore,
      save: (id, file) => platform.save(id, file),
      onOffered: (item) => tell(item.peerId, item.name),
    });
    this.live = new Live({
      store,
      timeline,
      iceServers: ICE_SERVERS,
      session: connected,
      onOffered: ({ peerId, shareId, title }) =>
        platform.notify({ opens: { kind: 'share', peerId, shareId }, title: nameOf(peerId), body: title }),
    });
    this.peers = new Peers({
      store,
      database,
      timeline,
      iceServers: ICE_SERVERS,
      shareWith: (peerId) => this.live.shareWith(peerId),
      onConnected: (peerId, session, hello) => {
        this.chat.flush(peerId);
        if (session.link) this.files.connected(peerId, session.link);
        this.live.connected(peerId, hello.shareId);
      },
      onDisconnected: (peerId) => {
        this.files.disconnected(peerId);
        this.live.disconnected(peerId);
      },
      onRemoved: (peerId) => {
        this.files.removed(peerId);
        this.live.removed(peerId);
      },
      onMessage: (peerId, message) => this.#receive(peerId, message),
    });
    this.#broker = this.#connect();
    this.pairing = new PairingFlow({
      store,
      server: () => ({ broker: this.#broker, address: parseServerAddress(this.#settings.serverUrl) }),
      onPaired: (peer) => this.peers.add(peer),
    });
  }

  /** @throws AppError `server-address`, and then nothing changes. */
  async changeSettings(change: { name?: string | undefined; serverUrl?: string | undefined }): Promise<void> {
    const serverUrl =
      change.serverUrl === undefined ? this.#settings.serverUrl : parseServerAddress(change.serverUrl).url;
    const moved = serverUrl !== this.#settings.serverUrl;
    this.#settings = { ...this.#settings, name: change.name ?? this.#settings.name, serverUrl };
    await this.#database.saveSettings(this.#settings);
    this.#store.change({ me: { id: this.#settings.id, name: this.#settings.name } });
    this.peers.announce();
    if (!moved) return;
    this.pairing.cancel();
    this.#broker.close();
    this.#broker = this.#connect();
    this.peers.useBroker(this.#broker);
  }

  /** Takes back an item that still waits. */
  async cancelItem(peerId: string, id: string): Promise<void> {
    if (this.#store.item(peerId, id)?.kind === 'file') this.files.cancel(peerId, id);
    else await this.chat.cancel(peerId, id);
  }

  /** Tries the server and this peer now. */
  retry(peerId: string): void {
    this.#broker.retry();
    this.peers.retry(peerId);
  }

  dismissNotice(id: string): void {
    this.#store.change({ notices: this.#store.now.notices.filter((notice) => notice.id !== id) });
  }

  #connect(): Broker {
    const { id, token, serverUrl } = this.#settings;
    const broker = new Broker({
      address: parseServerAddress(serverUrl),
      id,
      token,
      iceServers: ICE_SERVERS,
      knows: (peerId) => this.peers.knows(peerId),
    });
    this.#stopWatchingServer();
    this.#stopWatchingServer = effect(() => {
      const status = broker.status.value;
      this.#store.change({ server: { url: serverUrl, status: status === 'taken' ? 'unreachable' : status } });
    });
    return broker;
  }

  async #receive(peerId: string, message: Exclude<Message, Hello>): Promise<void> {
    switch (message.type) {
      case 'chat':
      case 'link':
      case 'read':
      case 'typing':
        return this.chat.receive(peerId, message);
      case 'presence':
        return this.peers.heard(peerId, message.presence, message.name);
      case 'unpair':
        return this.peers.wasForgotten(peerId);
      case 'file-offer':
      case 'file-answer':
      case 'file-done':
      case 'file-failed':
        return this.files.receive(peerId, message);
      case 'share-offer':
      case 'share-watch':
      case 'share-leave':
      case 'share-stop':
      case 'share-signal':
        return this.live.receive(peerId, message);
      default: {
        const never: never = message;
        throw new AppError('message-invalid', { cause: never });
      }
    }
  }
}
