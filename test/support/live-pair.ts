import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import type { Path } from '../../extension/core/link/link.ts';
import type { SharerOptions } from '../../extension/core/media/sharer.ts';
import type { Hello, MediaSignal, Message, ShareMessage, Signal } from '../../extension/core/protocol/messages.ts';
import { PROTOCOL_VERSION } from '../../extension/core/protocol/messages.ts';
import { Database } from '../../extension/core/session/database.ts';
import { Live } from '../../extension/core/session/live.ts';
import { Session } from '../../extension/core/session/session.ts';
import type { ShareMedia } from '../../extension/core/session/share-media.ts';
import type { IncomingShare, OutgoingShare, PeerState } from '../../extension/core/session/state.ts';
import { Store } from '../../extension/core/session/store.ts';
import { Timeline } from '../../extension/core/session/timeline.ts';
import { AppError, type ErrorCode } from '../../extension/core/shared/errors.ts';
import { createMemoryLinks, type MemoryLink, type MemoryLinkPair } from './memory-link.ts';

/** Longer than anything here takes on a busy machine. */
const UNTIL_LIMIT_MS = 50_000;

export class FakeTrack extends EventTarget {
  readonly kind: string;
  readonly surface: string | undefined;
  readyState: MediaStreamTrackState = 'live';

  constructor(kind: 'video' | 'audio', surface?: string) {
    super();
    this.kind = kind;
    this.surface = surface;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** It ends by itself. */
  ends(): void {
    this.stop();
    this.dispatchEvent(new Event('ended'));
  }

  getSettings = () => ({ displaySurface: this.surface });
}

/** What a source gives: a picture, and perhaps a sound. */
export class FakeStream {
  readonly tracks: readonly FakeTrack[];

  constructor({ sound = true, surface }: { sound?: boolean; surface?: string } = {}) {
    this.tracks = [new FakeTrack('video', surface), ...(sound ? [new FakeTrack('audio')] : [])];
  }

  getTracks = () => [...this.tracks];
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');

  get isLive(): boolean {
    return this.tracks.some(({ readyState }) => readyState === 'live');
  }
}

type NewSharer = ReturnType<ShareMedia['newSharer']>;

/** Does what core/media/sharer.ts promises, without a connection. */
export class FakeSharer implements NewSharer {
  readonly options: SharerOptions;
  stream: FakeStream;
  isPaused = false;
  hasSound = true;
  quality = 'auto';
  voice: FakeTrack | null = null;
  viewer: string | null = null;
  /** How many viewer pages it was connected with. */
  watches = 0;
  /** Whether a connection takes longer than the test. */
  isSlow = false;
  /** How often it looked for a new path. */
  looks = 0;
  isClosed = false;

  constructor(options: SharerOptions) {
    this.options = options;
    this.stream = options.stream as unknown as FakeStream;
  }

  watch(id: string): void {
    this.watches += 1;
    this.viewer = id;
    if (!this.isSlow) this.options.onWatching(true);
  }

  leave(id: string): void {
    if (this.viewer !== id) return;
    this.viewer = null;
    this.options.onWatching(false);
  }

  /** What a viewer page said to it. */
  readonly signals: MediaSignal[] = [];

  receive = async (_viewer: string, signal: MediaSignal) => {
    this.signals.push(signal);
  };
  findPath = () => {
    this.looks += 1;
  };

  /** The connection to its viewer page breaks down, as core/media/sharer.ts tells it. */
  fails(code: ErrorCode): void {
    const viewer = this.viewer ?? '';
    this.leave(viewer);
    this.options.onError(new AppError(code), viewer);
  }

  /** It says something to the viewer page that it is connected with. */
  says(signal: Signal): void {
    this.options.send(this.viewer ?? '', signal);
  }

  replace(stream: MediaStream): void {
    for (const track of this.stream.tracks) track.stop();
    this.stream = stream as unknown as FakeStream;
  }

  pause(on: boolean): void {
    this.isPaused = on;
  }

  setSound(on: boolean): void {
    this.hasSound = on;
  }

  setVoice(track: MediaStreamTrack | null): void {
    this.voice = track as unknown as FakeTrack | null;
  }

  setQuality(quality: string): void {
    this.quality = quality;
  }

  close(): void {
    this.isClosed = true;
    for (const track of this.stream.tracks) track.stop();
  }

  /** The tab was closed, or the browser's own bar ended it. */
  sourceEnds(): void {
    this.close();
    this.options.onEnded();
  }
}

/** One device: what it shows and is shown, its store and its session. Only media, pages and the link are made up. */
export class LivePerson {
  readonly peerId: string;
  readonly store: Store;
  readonly live: Live;
  readonly session: Session;
  readonly timeline: Timeline;
  /** All that was captured, and every sharer, in order. */
  readonly captured: FakeStream[] = [];
  readonly sharers: FakeSharer[] = [];
  readonly microphones: FakeTrack[] = [];
  /** Picked sources that were let go of. */
  released = 0;
  /** Sounds of tabs that are played back to this person. */
  audible = 0;
  /** What this person was told where no view may be in sight. */
  readonly told: string[] = [];
  /** What the peer has said about shares, in order. */
  readonly heard: ShareMessage[] = [];
  /** Tabs that our script was put into. */
  readonly entered: number[] = [];
  microphonePages = 0;
  /** What the browser says to the next capture, script or microphone. */
  captureFails: ErrorCode | null = null;
  pageLets = true;
  /** Whether the tab that is shown has crashed. */
  tabHasCrashed = false;
  /** Whether the sound of a tab can't be played. */
  soundFails = false;
  microphone: 'granted' | 'prompt' | 'denied' | 'missing' = 'granted';
  /** While set, a capture is not answered: a picker is open. Answers it. */
  picks: ((stream: FakeStream | null) => void) | null = null;
  hasPicker = false;
  nextStream: () => FakeStream = () => new FakeStream();
  /** What the server has handed out. */
  iceServers: RTCIceServer[] = [];

  private constructor(id: string, peerId: string, database: Database) {
    this.peerId = peerId;
    this.store = new Store({
      me: { id, name: id },
      settings: { downloadFolder: 'Pairwise', keepPartialsDays: 7, pauseOnPassword: true, pauseOnNavigation: false },
      server: { url: 'http://localhost', status: 'online', kind: null, problem: null, services: null },
      pairing: { step: 'idle' },
      peers: [peerOf(peerId)],
      outgoingShare: null,
      incomingShares: [],
      asks: [],
      fetches: [],
      notices: [],
    });
    this.timeline = new Timeline(database, this.store);
    const hello = (): Hello => ({
      type: 'hello',
      version: PROTOCOL_VERSION,
      name: id,
      presence: 'online',
      shareId: this.live.outgoing.shownTo(peerId),
    });
    this.session = new Session({
      leads: id < peerId,
      greeting: hello,
      onConnected: ({ shareId }, isSwitch) =>
        isSwitch ? this.live.switched(peerId) : this.live.connected(peerId, shareId),
      onMessage: (message) => {
        if (!isShareMessage(message)) return;
        this.heard.push(message);
        this.live.receive(peerId, message);
      },
      onDisconnected: () => this.live.disconnected(peerId),
      onPath: () => {},
      onInvalid: () => this.store.notice('message-invalid', { peerId }),
    });
    this.live = new Live({
      store: this.store,
      timeline: this.timeline,
      media: this.#media(),
      platform: {
        enterPage: async (tabId) => {
          if (this.tabHasCrashed) return 'crashed';
          if (this.pageLets) this.entered.push(tabId);
          return this.pageLets ? 'in' : 'refused';
        },
        watchMuted: () => () => {},
        openMicrophonePage: async () => {
          this.microphonePages += 1;
        },
      },
      iceServers: () => this.iceServers,
      session: (peer) => (peer === peerId && this.session.link ? this.session : null),
      onOffered: ({ title }) => this.told.push(`shows ${title}`),
      onAsked: () => this.told.push('asks'),
      onFailed: (_, code) => this.told.push(`not shown: ${code}`),
    });
  }

  static async start(id: string, peerId: string): Promise<LivePerson> {
    globalThis.indexedDB = new IDBFactory();
    return new LivePerson(id, peerId, await Database.open());
  }

  showsTab(tabId = 7, title = 'Tide tables'): Promise<void> {
    return this.live.outgoing.showTab(this.peerId, { streamId: 'stream', tabId, title });
  }

  picksSource(): Promise<void> {
    return this.live.outgoing.showPicked(this.peerId);
  }

  get shows(): OutgoingShare | null {
    return this.store.now.outgoingShare;
  }

  get isShown(): IncomingShare | undefined {
    return this.store.now.incomingShares[0];
  }

  get sharer(): FakeSharer {
    const sharer = this.sharers.at(-1);
    if (!sharer) throw new Error('nothing is shared');
    return sharer;
  }

  notices(): ErrorCode[] {
    return this.store.now.notices.map(({ code }) => code);
  }

  /** Titles of the shares of the timeline. */
  remembered(): string[] {
    return (this.store.peer(this.peerId)?.timeline ?? []).map((item) =>
      item.kind === 'share' ? `${item.mine ? 'I' : 'they'} showed ${item.title}` : item.kind,
    );
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + UNTIL_LIMIT_MS;
    while (!isSo()) {
      if (performance.now() > deadlineMs) throw new Error(`never: ${what}. ${JSON.stringify(this.store.now)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #media(): ShareMedia {
    const capture = async (signal: AbortSignal) => {
      const stream = this.hasPicker ? await this.#picked(signal) : this.nextStream();
      signal.throwIfAborted();
      if (this.captureFails) throw new AppError(this.captureFails);
      this.captured.push(stream);
      return stream as unknown as MediaStream;
    };
    return {
      captureTab: (_, signal) => capture(signal),
      pickSource: capture,
      releasePicked: () => {
        this.released += 1;
      },
      keepAudible: () => {
        if (this.soundFails) throw new Error('no sound');
        this.audible += 1;
        return () => {
          this.audible -= 1;
        };
      },
      openMicrophone: async (signal) => {
        await Promise.resolve();
        signal.throwIfAborted();
        if (this.microphone === 'missing') throw new AppError('microphone-missing');
        if (this.microphone !== 'granted') throw new AppError('microphone-denied');
        const track = new FakeTrack('audio');
        this.microphones.push(track);
        return track as unknown as MediaStreamTrack;
      },
      mayAskForMicrophone: async () => this.microphone === 'prompt',
      newSharer: (options) => {
        const sharer = new FakeSharer(options);
        this.sharers.push(sharer);
        return sharer;
      },
    };
  }

  #picked(signal: AbortSignal): Promise<FakeStream> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      this.picks = (stream) => {
        this.picks = null;
        if (stream) resolve(stream);
        else reject(new AppError('capture-cancelled'));
      };
    });
  }
}

function peerOf(id: string): PeerState {
  return {
    id,
    name: 'Bob',
    presence: 'online',
    lastSeenAt: null,
    connection: { state: 'offline' },
    typing: false,
    unread: 0,
    words: ['a', 'b', 'c', 'd', 'e', 'f'],
    blocked: false,
    acceptUpToBytes: null,
    timeline: [],
    hasOlder: false,
  };
}

function isShareMessage(message: Message): message is ShareMessage {
  return message.type.startsWith('share-');
}

/** Alice and Bob, paired and connected. */
export class LivePair {
  readonly alice: LivePerson;
  bob: LivePerson;
  #link: MemoryLinkPair | null = null;

  private constructor(alice: LivePerson, bob: LivePerson) {
    this.alice = alice;
    this.bob = bob;
  }

  static async start(): Promise<LivePair> {
    const [a, b] = ['A'.repeat(22), 'B'.repeat(22)];
    const pair = new LivePair(await LivePerson.start(a, b), await LivePerson.start(b, a));
    await pair.connect();
    return pair;
  }

  async connect(): Promise<void> {
    this.disconnect();
    await this.goOn();
  }

  /** Both go on over another link, while the one before is still there. */
  async goOn(): Promise<void> {
    this.#link = createMemoryLinks();
    const ends: [LivePerson, MemoryLink][] = [
      [this.alice, this.#link.a],
      [this.bob, this.#link.b],
    ];
    for (const [person, end] of ends) person.session.attach(end);
    for (const [person, end] of ends) await person.until('connected', () => person.session.link === end);
  }

  /** From now on nothing arrives, and neither side has noticed yet. */
  goSilent(): void {
    this.#link?.pause();
  }

  /** The session runs over another path from now on. */
  goOver(path: Path): void {
    this.#link?.a.measured(path, 70);
    this.#link?.b.measured(path, 70);
  }

  /** Bob's browser is closed and opened again, and both are connected. */
  async restartBob(): Promise<void> {
    const { alice, bob } = this;
    this.disconnect();
    await alice.until('apart', () => alice.session.link === null);
    bob.session.close();
    this.bob = await LivePerson.start(alice.peerId, bob.peerId);
    await this.connect();
  }

  /** The line breaks. */
  disconnect(): void {
    this.#link?.cut();
    this.#link = null;
  }
}
