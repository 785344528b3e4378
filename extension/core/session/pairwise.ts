import type { ReadonlySignal } from '@preact/signals-core';
import type { DeviceKeys } from '../crypto/device-keys.ts';
import type { DoctorFacts } from '../doctor/facts.ts';
import { Compressor } from '../files/compressor.ts';
import { EncodePool } from '../files/encode-pool.ts';
import { OpfsCopies } from '../files/opfs-copies.ts';
import { openOpfsStore } from '../files/opfs-store.ts';
import { parseFolder } from '../files/safe-folder.ts';
import { watchNetwork } from '../link/network-watch.ts';
import type { Hello, Message } from '../protocol/messages.ts';
import { AppError, type ErrorCode } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import { parseServerAddress } from '../signalling/server-address.ts';
import { Chat } from './chat.ts';
import { Database, type StoredSettings } from './database.ts';
import { FileSharing } from './file-sharing.ts';
import { Leftovers } from './leftovers.ts';
import { Live } from './live.ts';
import { OutgoingFiles } from './outgoing-files.ts';
import { PairingFlow } from './pairing-flow.ts';
import { Peers } from './peers.ts';
import type { Platform } from './platform.ts';
import { ServerPlace } from './server-place.ts';
import { browserMedia } from './share-media.ts';
import type { AppState, FileSettings, LiveSettings } from './state.ts';
import { Store } from './store.ts';
import { Timeline } from './timeline.ts';
import { WebFiles } from './web-files.ts';

/** Addresses of our own servers that are remembered. */
const MAX_SERVERS = 100;
/** A server that is there answers sooner, and a person with a new network waits. */
const SERVER_CHECK_MS = 1_500;

export interface PairwiseOptions {
  platform: Platform;
  /** What a first start begins with. */
  defaults: { name: string; serverUrl: string };
}

type SettingsChange = { [Key in 'name' | 'serverUrl']?: string | undefined } & {
  [Key in keyof (FileSettings & LiveSettings)]?: (FileSettings & LiveSettings)[Key] | undefined;
};

/** Pairwise without a browser extension around it: one device, its peers, and everything between them. */
export class Pairwise {
  readonly state: ReadonlySignal<AppState>;
  readonly pairing: PairingFlow;
  readonly peers: Peers;
  readonly chat: Chat;
  readonly files: FileSharing;
  readonly webFiles: WebFiles;
  readonly live: Live;
  readonly timeline: Timeline;
  readonly #store: Store;
  readonly #database: Database;
  readonly #keys: DeviceKeys;
  #settings: StoredSettings;
  #place: ServerPlace;

  /** Reads what is kept, goes to the server and looks for every known peer. */
  static async start(options: PairwiseOptions): Promise<Pairwise> {
    const database = await Database.open();
    const [settings, keys] = await Promise.all([database.settings(options.defaults), database.deviceKeys()]);
    const pairwise = new Pairwise(options, database, settings, keys);
    await pairwise.peers.load();
    await pairwise.files.start();
    pairwise.peers.useServer(pairwise.#place);
    return pairwise;
  }

  private constructor({ platform }: PairwiseOptions, database: Database, settings: StoredSettings, keys: DeviceKeys) {
    this.#keys = keys;
    this.#database = database;
    this.#settings = settings;
    const store = new Store({
      me: { id: keys.id, name: settings.name },
      settings: { ...settings.files, ...settings.live },
      server: { url: settings.serverUrl, status: 'connecting', kind: null, problem: null, services: null },
      pairing: { step: 'idle' },
      peers: [],
      outgoingShare: null,
      incomingShares: [],
      asks: [],
      fetches: [],
      notices: [],
    });
    this.#store = store;
    this.state = store.state;
    const timeline = new Timeline(database, store);
    this.timeline = timeline;
    const connected = (peerId: string) => this.peers.connected(peerId);
    const nameOf = (peerId: string) => store.peer(peerId)?.name ?? '';
    const tell = (peerId: string, body: string) =>
      platform.notify({ about: { kind: 'peer', peerId }, name: nameOf(peerId), body });

    this.chat = new Chat({
      store,
      timeline,
      database,
      connected,
      onArrived: (item) => tell(item.peerId, item.kind === 'chat' ? item.text : item.title || item.url),
    });
    const compressor = new Compressor(new EncodePool());
    this.files = new FileSharing({
      store,
      timeline,
      connected,
      outgoing: new OutgoingFiles(new OpfsCopies()),
      leftovers: new Leftovers(database, () => store.now.settings.keepPartialsDays),
      openStore: openOpfsStore,
      encode: (block, details) => compressor.encode(block, details),
      save: (files, how) => platform.save(files, how),
      onOffered: ({ peerId, name }) =>
        platform.notify({ about: { kind: 'file', peerId }, name: nameOf(peerId), body: name }),
      onArrived: ({ peerId, name }) =>
        platform.notify({ about: { kind: 'received', peerId }, name: nameOf(peerId), body: name }),
    });
    this.webFiles = new WebFiles({
      store,
      send: (peerId, id, file) => this.files.sendOwn(peerId, id, file),
      sendLink: (peerId, url, title) => this.chat.sendLink(peerId, url, title),
      onLinkSent: (peerId, name) =>
        platform.notify({ about: { kind: 'link', peerId }, name: nameOf(peerId), body: name }),
    });
    this.live = new Live({
      store,
      timeline,
      media: browserMedia,
      platform,
      iceServers: () => this.iceServers(),
      session: connected,
      onAsked: (peerId) => platform.notify({ about: { kind: 'ask', peerId }, name: nameOf(peerId), body: '' }),
      onOffered: ({ peerId, shareId, title }) =>
        platform.notify({ about: { kind: 'share', peerId, shareId }, name: nameOf(peerId), body: title }),
      onFailed: (peerId, code) =>
        platform.notify({ about: { kind: 'not-shown', peerId, code }, name: nameOf(peerId), body: '' }),
    });
    this.peers = new Peers({
      store,
      database,
      timeline,
      keys,
      shareWith: (peerId) => this.live.outgoing.shownTo(peerId),
      onConnected: (peerId, session, hello, isSwitch) => {
        if (session.link) this.files.connected(peerId, session.link);
        if (isSwitch) return this.live.switched(peerId);
        this.chat.flush(peerId);
        this.live.connected(peerId, hello.shareId);
      },
      onDisconnected: (peerId) => {
        this.files.disconnected(peerId);
        this.live.disconnected(peerId);
      },
      onRemoved: (peerId, why) => {
        if (why === 'forgotten') this.files.forgotten(peerId).catch(report);
        else if (why === 'unpaired') this.files.unpaired(peerId);
        else this.files.disconnected(peerId);
        this.webFiles.removed(peerId);
        this.live.removed(peerId);
      },
      onMessage: (peerId, message) => this.#receive(peerId, message),
    });
    this.#place = this.#openPlace();
    watchNetwork(() => this.#networkChanged());
    this.pairing = new PairingFlow({
      store,
      self: () => ({ keys, name: this.#settings.name }),
      broker: () => this.#place.broker,
      server: () => ({ address: this.#place.access.address, kind: this.#place.access.kind ?? 'stock' }),
      isBlocked: (peerId) => this.peers.isBlocked(peerId),
      onAsked: (name) => platform.notify({ about: { kind: 'pairing' }, name, body: '' }),
      onPaired: (pairing) => this.peers.add(pairing),
    });
  }

  /** @throws AppError `server-address`, `folder-name`, and then nothing changes. */
  async changeSettings(change: SettingsChange): Promise<void> {
    const { name, files, live } = this.#settings;
    const serverUrl =
      change.serverUrl === undefined ? this.#settings.serverUrl : parseServerAddress(change.serverUrl).url;
    const downloadFolder =
      change.downloadFolder === undefined ? files.downloadFolder : parseFolder(change.downloadFolder);
    const keepPartialsDays = change.keepPartialsDays ?? files.keepPartialsDays;
    const moved = serverUrl !== this.#settings.serverUrl;
    const keptFiles = { downloadFolder, keepPartialsDays };
    const keptLive = {
      pauseOnPassword: change.pauseOnPassword ?? live.pauseOnPassword,
      pauseOnNavigation: change.pauseOnNavigation ?? live.pauseOnNavigation,
    };
    this.#settings = { ...this.#settings, name: change.name ?? name, serverUrl, files: keptFiles, live: keptLive };
    await this.#database.saveSettings(this.#settings);
    this.#store.change({
      me: { id: this.#keys.id, name: this.#settings.name },
      settings: { ...keptFiles, ...keptLive },
    });
    this.peers.announce();
    if (!moved) return;
    this.pairing.cancel();
    this.#place.close();
    this.#place = this.#openPlace();
    this.peers.useServer(this.#place);
  }

  /** Tells of a failure that happened outside. */
  notice(code: ErrorCode, about: { peerId: string; subject: string }): void {
    this.#store.notice(code, about);
  }

  /** Forgets all that passed, here only. Files on their way end on both sides. */
  async wipe(peerId: string): Promise<void> {
    this.files.wiping(peerId);
    await this.timeline.wipe(peerId);
    await this.files.wiped();
  }

  /** Takes back an item that still waits. */
  async cancelItem(peerId: string, id: string): Promise<void> {
    if (this.#store.item(peerId, id)?.kind === 'file') this.files.cancel(peerId, id);
    else await this.chat.cancel(peerId, id);
  }

  /** Tries the server and this peer now. */
  retry(peerId: string): void {
    this.#place.broker.retry();
    this.peers.retry(peerId);
  }

  dismissNotice(id: string): void {
    this.#store.change({ notices: this.#store.now.notices.filter((notice) => notice.id !== id) });
  }

  /** STUN and TURN servers for a new connection, as the signalling server hands them out. */
  iceServers(): RTCIceServer[] {
    return this.#place.ice.list();
  }

  /** What the connection doctor needs to check the way to others. `withRelay`: also new places on the relay. */
  doctorFacts(wish: { withRelay: boolean }): Promise<DoctorFacts> {
    return this.#place.doctorFacts(wish);
  }

  #networkChanged(): void {
    this.#place.broker.networkChanged(SERVER_CHECK_MS);
    this.peers.networkChanged();
    this.live.networkChanged();
  }

  #openPlace(): ServerPlace {
    const { serverUrl } = this.#settings;
    return new ServerPlace({
      store: this.#store,
      keys: this.#keys,
      settings: this.#settings,
      seal: (peerId, message) => this.peers.seal(peerId, message),
      onOurs: () => {
        const seen = [...this.#settings.ourServers.filter((url) => url !== serverUrl), serverUrl];
        this.#settings = { ...this.#settings, ourServers: seen.slice(-MAX_SERVERS) };
        this.#database.saveSettings(this.#settings).catch(report);
      },
    });
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
      case 'file-accept':
      case 'file-decline':
      case 'file-pause':
      case 'file-done':
      case 'file-failed':
        return this.files.receive(peerId, message);
      case 'share-offer':
      case 'share-ask':
      case 'share-ask-end':
      case 'share-watch':
      case 'share-leave':
      case 'share-decline':
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
