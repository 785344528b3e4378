import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { OpfsCopies } from '../../extension/core/files/opfs-copies.ts';
import type { Selection } from '../../extension/core/files/source.ts';
import { blockOf } from '../../extension/core/files/tree-hash.ts';
import type { FileMessage, Hello, Message } from '../../extension/core/protocol/messages.ts';
import { PROTOCOL_VERSION } from '../../extension/core/protocol/messages.ts';
import { Database } from '../../extension/core/session/database.ts';
import { FileSharing } from '../../extension/core/session/file-sharing.ts';
import { Leftovers } from '../../extension/core/session/leftovers.ts';
import { OutgoingFiles } from '../../extension/core/session/outgoing-files.ts';
import { Session } from '../../extension/core/session/session.ts';
import type { ItemOf, PeerState, Transfer } from '../../extension/core/session/state.ts';
import { Store } from '../../extension/core/session/store.ts';
import { Timeline } from '../../extension/core/session/timeline.ts';
import { AppError, type ErrorCode } from '../../extension/core/shared/errors.ts';
import { digest } from './file-pair.ts';
import { createMemoryLinks, type MemoryLink, type MemoryLinkPair } from './memory-link.ts';
import { installMemoryOpfs, MemoryOpfs } from './memory-opfs.ts';
import { DiskControl, openThreadStore } from './thread-store.ts';

installMemoryOpfs();

/** Longer than anything here takes on a busy machine. */
const UNTIL_LIMIT_MS = 50_000;

export type FileItem = ItemOf<'file'>;
export type StateName = Transfer['state'];

/** One device: its files with all that is kept of them, and what the person sees. Everything but server, link and downloads is real. */
export class SharingPerson {
  readonly id: string;
  readonly peerId: string;
  disk = new DiskControl();
  /** What stands in Downloads. */
  readonly downloads = new Map<string, Blob>();
  /** What Downloads says to the next file; null takes it. */
  downloadFails: ErrorCode | null = null;
  /** While set, downloads don't end. */
  downloadsHang = false;
  readonly asked: string[] = [];
  keepPartialsDays = 7;
  acceptUpToBytes: number | null = null;
  opfs = new MemoryOpfs();
  readonly #indexedDb = new IDBFactory();
  #run: Run | null = null;

  constructor(id: string, peerId: string) {
    this.id = id;
    this.peerId = peerId;
  }

  async start(): Promise<void> {
    this.#run = await this.opfs.run(() => startRun(this, this.#indexedDb));
  }

  /** The browser ends at once: what was not on the disk is gone. */
  stop(): void {
    const run = this.#run;
    this.#run = null;
    if (run) run.isOver = true;
    this.opfs = this.opfs.crash();
    // Whatever was being written stays undone.
    this.disk = new DiskControl(this.disk.taken);
  }

  get isRunning(): boolean {
    return this.#run !== null;
  }

  attach(link: MemoryLink): void {
    const { session } = this.#now;
    this.opfs.run(() => session.attach(link));
  }

  /** Does what a click would ask for. */
  do<Result>(work: (files: FileSharing) => Result): Result {
    const { files } = this.#now;
    return this.opfs.run(() => work(files));
  }

  async sends(...files: File[]): Promise<string> {
    const [first] = files;
    if (!first) throw new Error('no file');
    const form = files.length === 1 ? 'file' : 'files';
    const selection: Selection = { form, name: first.name, files: files.map((file) => ({ path: file.name, file })) };
    const before = new Set(this.items().map(({ id }) => id));
    await this.do((sharing) => sharing.send(this.peerId, selection));
    const id = this.items().find((item) => !before.has(item.id) && item.name === first.name)?.id;
    if (!id) throw new Error(`nothing was sent: ${JSON.stringify(this.notices())}`);
    return id;
  }

  accepts = (id: string) => this.do((files) => files.answer(this.peerId, id, true));
  declines = (id: string) => this.do((files) => files.answer(this.peerId, id, false));
  cancels = (id: string) => this.do((files) => files.cancel(this.peerId, id));
  pauses = (id: string, paused: boolean) => this.do((files) => files.pause(this.peerId, id, paused));
  retries = (id: string) => this.do((files) => files.retry(this.peerId, id));
  removes = (id: string) => this.do((files) => files.remove(this.peerId, id));

  /** As `Pairwise.wipe` does it. */
  async wipes(): Promise<void> {
    const { timeline } = this.#now;
    this.do((files) => files.wiping(this.peerId));
    await this.opfs.run(() => timeline.wipe(this.peerId));
    await this.do((files) => files.wiped());
  }

  /** The peer was blocked here, or let in again, as `Peers.block` does it without a link. */
  blocks(): void {
    this.do((files) => files.disconnected(this.peerId));
  }

  /** The peer has ended the pairing. */
  isUnpaired(): void {
    this.do((files) => files.unpaired(this.peerId));
  }

  async forgets(): Promise<void> {
    const { session, store } = this.#now;
    const gone = this.do((files) => files.forgotten(this.peerId));
    session.close();
    store.change({ peers: [] });
    await gone;
  }

  items(): FileItem[] {
    return (this.#now.store.peer(this.peerId)?.timeline ?? []).filter((item) => item.kind === 'file');
  }

  transfer(id: string): Transfer | undefined {
    return this.items().find((item) => item.id === id)?.transfer;
  }

  notices(): ErrorCode[] {
    return this.#now.store.now.notices.map(({ code }) => code);
  }

  /** What is kept of a transfer for the next start. */
  async kept(id: string): Promise<Transfer | undefined> {
    const item = await this.#now.database.item(id);
    return item?.kind === 'file' ? item.transfer : undefined;
  }

  /** The transfer, once it is in this state. */
  async sees<Name extends StateName>(id: string, state: Name): Promise<Extract<Transfer, { state: Name }>> {
    await this.until(`${state}`, () => this.transfer(id)?.state === state);
    return this.transfer(id) as Extract<Transfer, { state: Name }>;
  }

  /** Resolves once this is so; it is looked at after every change, and while disks work. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + UNTIL_LIMIT_MS;
    while (!isSo()) {
      if (performance.now() > deadlineMs) throw new Error(`${this.id} never: ${what}. ${JSON.stringify(this.items())}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Resolves once the person was asked about exactly these offers, in this order. */
  async wasAsked(...ids: string[]): Promise<void> {
    await this.until(`asked about ${ids}`, () => this.asked.join() === ids.join());
  }

  /** SHA-256 of what stands in Downloads, in hex. */
  async downloaded(name: string): Promise<string> {
    const content = this.downloads.get(`Pairwise/${name}`);
    if (!content) throw new Error(`${name} is not among ${[...this.downloads.keys()]}`);
    return digest(content);
  }

  /** What lies in private storage: of transfers that arrive, copies of those that go out, and zips. */
  stored(): string[] {
    return this.opfs.paths();
  }

  get #now(): Run {
    if (!this.#run) throw new Error(`${this.id} does not run`);
    return this.#run;
  }
}

interface Run {
  readonly database: Database;
  readonly store: Store;
  readonly timeline: Timeline;
  readonly session: Session;
  readonly files: FileSharing;
  isOver: boolean;
}

async function startRun(person: SharingPerson, indexedDb: IDBFactory): Promise<Run> {
  const { id, peerId } = person;
  globalThis.indexedDB = indexedDb;
  const life = { isOver: false };
  const database = untilItIsOver(await Database.open(), life);
  const store = new Store({
    me: { id, name: id },
    settings: {
      downloadFolder: 'Pairwise',
      keepPartialsDays: person.keepPartialsDays,
      pauseOnPassword: true,
      pauseOnNavigation: false,
    },
    server: { url: 'http://localhost', status: 'online', kind: null, problem: null, services: null },
    pairing: { step: 'idle' },
    peers: [],
    outgoingShare: null,
    incomingShares: [],
    asks: [],
    fetches: [],
    notices: [],
  });
  const timeline = new Timeline(database, store);
  const hello: Hello = { type: 'hello', version: PROTOCOL_VERSION, name: id, presence: 'online', shareId: null };
  const within = (work: () => void) => () => {
    if (!life.isOver) person.opfs.run(work);
  };
  const session = new Session({
    leads: id < peerId,
    greeting: () => hello,
    onConnected: () => {
      const { link } = session;
      if (link) within(() => files.connected(peerId, link))();
    },
    onMessage: async (message) => {
      if (isFileMessage(message) && !life.isOver) await person.opfs.run(() => files.receive(peerId, message));
    },
    onDisconnected: () => within(() => files.disconnected(peerId))(),
    onPath: () => {},
    onInvalid: () => store.notice('message-invalid', { peerId }),
  });
  const files = new FileSharing({
    store,
    timeline,
    connected: () => (session.link && !life.isOver ? session : null),
    outgoing: new OutgoingFiles(new OpfsCopies()),
    leftovers: new Leftovers(database, () => store.now.settings.keepPartialsDays),
    openStore: (folder) => openThreadStore(folder, person.disk),
    encode: async (block) => ({ bytes: blockOf(block), encoding: 0 }),
    save: async (wanted, { signal, onSaved }) => {
      for (const [index, { path, content }] of wanted.entries()) {
        if (person.downloadsHang) await new Promise((_, reject) => signal.addEventListener('abort', reject));
        signal.throwIfAborted();
        if (person.downloadFails) throw new AppError(person.downloadFails);
        person.downloads.set(path, content);
        onSaved(index);
      }
      return { downloadId: 1 };
    },
    onOffered: ({ id }) => person.asked.push(id),
    onArrived: () => {},
  });
  const run = Object.assign(life, { database, store, timeline, session, files });
  const peer: Omit<PeerState, 'timeline' | 'hasOlder' | 'unread'> = {
    id: peerId,
    name: peerId,
    presence: 'online',
    lastSeenAt: null,
    connection: { state: 'offline' },
    typing: false,
    words: ['a', 'b', 'c', 'd', 'e', 'f'],
    blocked: false,
    acceptUpToBytes: person.acceptUpToBytes,
  };
  store.change({ peers: [{ ...peer, ...(await timeline.load(peerId, 0)) }] });
  await files.start();
  return run;
}

/** What a browser that has ended would still write is written nowhere, and nobody hears of it. */
function untilItIsOver(database: Database, life: { readonly isOver: boolean }): Database {
  return new Proxy(database, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => (life.isOver ? new Promise(() => {}) : member.apply(target, args));
    },
  });
}

function isFileMessage(message: Message): message is FileMessage {
  return message.type.startsWith('file-');
}

/** Alice and Bob, who are paired, started and connected. */
export class SharingPair {
  readonly alice = new SharingPerson('A'.repeat(22), 'B'.repeat(22));
  readonly bob = new SharingPerson('B'.repeat(22), 'A'.repeat(22));
  #link: MemoryLinkPair | null = null;

  static async start(): Promise<SharingPair> {
    const pair = new SharingPair();
    await pair.alice.start();
    await pair.bob.start();
    pair.connect();
    return pair;
  }

  connect(): void {
    this.disconnect();
    this.#link = createMemoryLinks();
    this.alice.attach(this.#link.a);
    this.bob.attach(this.#link.b);
  }

  /** The line breaks. */
  disconnect(): void {
    this.#link?.cut();
    this.#link = null;
  }

  /** A browser is closed and opened again; the other notices that it is gone. They are not connected then. */
  async restart(who: 'alice' | 'bob', between: () => Promise<void> | void = () => {}): Promise<void> {
    this[who].stop();
    this.disconnect();
    await between();
    await this[who].start();
  }
}
