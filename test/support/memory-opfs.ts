import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose private storage `navigator.storage` means: each device of a test has its own. */
const current = new AsyncLocalStorage<MemoryOpfs>();

/** The private file system of one device in memory, as far as Pairwise uses it. Outlives restarts of the device. */
export class MemoryOpfs {
  #root = new Folder('');

  /** Runs code, and all that follows from it, with this as its private storage. */
  run<Result>(work: () => Result): Result {
    return current.run(this, work);
  }

  get root(): FileSystemDirectoryHandle {
    return this.#root.handle();
  }

  /** The device stops: what it held open is open no more, and what it still does changes nothing. */
  crash(): MemoryOpfs {
    const next = new MemoryOpfs();
    // It still has handles of its files and folders, so the next one gets others.
    next.#root = this.#root.copy();
    this.#root = new Folder('');
    return next;
  }

  /** The paths of all files. */
  paths(): string[] {
    return this.#root.paths().toSorted();
  }

  /** Puts a file there, last written at this time. */
  put(path: string, bytes: Uint8Array<ArrayBuffer>, writtenAt = Date.now()): void {
    const names = path.split('/');
    const name = names.pop() ?? '';
    const folder = names.reduce((parent, each) => parent.folder(each, true), this.#root);
    Object.assign(folder.file(name, true), { bytes, writtenAt });
  }

  /** Makes a file look as if it had been written this long ago. */
  age(path: string, ms: number): void {
    const names = path.split('/');
    const name = names.pop() ?? '';
    names.reduce((parent, each) => parent.folder(each, false), this.#root).file(name, false).writtenAt -= ms;
  }
}

/** Makes `navigator.storage` that of the device whose code runs. */
export function installMemoryOpfs(): void {
  const storage = {
    getDirectory: async () => {
      const opfs = current.getStore();
      if (!opfs) throw new Error('Nobody’s code asked for private storage.');
      return opfs.root;
    },
    estimate: async () => ({ quota: Number.MAX_SAFE_INTEGER, usage: 0 }),
  };
  Object.defineProperty(globalThis, 'navigator', { value: { storage, hardwareConcurrency: 2 }, configurable: true });
}

class Folder {
  readonly entries = new Map<string, Folder | StoredFile>();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  folder(name: string, create: boolean): Folder {
    return this.#entry(name, create, Folder);
  }

  file(name: string, create: boolean): StoredFile {
    return this.#entry(name, create, StoredFile);
  }

  get isLocked(): boolean {
    return [...this.entries.values()].some(({ isLocked }) => isLocked);
  }

  /** With all that is in it; nobody has any of it open. */
  copy(): Folder {
    const copy = new Folder(this.name);
    for (const [name, entry] of this.entries) copy.entries.set(name, entry.copy());
    return copy;
  }

  paths(): string[] {
    return [...this.entries].flatMap(([name, entry]) =>
      entry instanceof Folder ? entry.paths().map((path) => `${name}/${path}`) : [name],
    );
  }

  handle(): FileSystemDirectoryHandle {
    const handle = {
      kind: 'directory',
      name: this.name,
      getDirectoryHandle: async (name: string, options?: { create?: boolean }) =>
        this.folder(name, options?.create ?? false).handle(),
      getFileHandle: async (name: string, options?: { create?: boolean }) =>
        this.file(name, options?.create ?? false).handle(),
      removeEntry: async (name: string) => {
        const entry = this.entries.get(name);
        if (!entry) throw new DOMException('', 'NotFoundError');
        if (entry.isLocked) throw new DOMException('', 'NoModificationAllowedError');
        this.entries.delete(name);
      },
      keys: () => each([...this.entries.keys()]),
      values: () => each([...this.entries.values()].map((entry) => entry.handle())),
    };
    // The rest of the interface nobody uses here.
    return handle as unknown as FileSystemDirectoryHandle;
  }

  #entry<Entry extends Folder | StoredFile>(name: string, create: boolean, kind: new (name: string) => Entry): Entry {
    const known = this.entries.get(name);
    if (known instanceof kind) return known;
    if (known) throw new DOMException('', 'TypeMismatchError');
    if (!create) throw new DOMException('', 'NotFoundError');
    const made = new kind(name);
    this.entries.set(name, made);
    return made;
  }
}

class StoredFile {
  readonly name: string;
  bytes = new Uint8Array(0);
  writtenAt = Date.now();
  #access: object | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get isLocked(): boolean {
    return this.#access !== undefined;
  }

  copy(): StoredFile {
    const copy = new StoredFile(this.name);
    copy.bytes = this.bytes.slice();
    copy.writtenAt = this.writtenAt;
    return copy;
  }

  handle(): FileSystemFileHandle {
    const handle = {
      kind: 'file',
      name: this.name,
      getFile: async () => new File([this.bytes], this.name, { lastModified: this.writtenAt }),
      createSyncAccessHandle: async () => this.#lock(),
      createWritable: async () => {
        const chunks: Uint8Array[] = [];
        return new WritableStream<Uint8Array>({
          write: (chunk) => void chunks.push(chunk),
          close: () => this.#change(Buffer.concat(chunks)),
        });
      },
    };
    return handle as unknown as FileSystemFileHandle;
  }

  #lock(): Omit<FileSystemSyncAccessHandle, 'flush'> {
    if (this.#access) throw new DOMException('', 'NoModificationAllowedError');
    const use = () => {
      if (this.#access !== access) throw new DOMException('', 'InvalidStateError');
    };
    const access = {
      getSize: () => this.bytes.length,
      truncate: (size: number) => {
        use();
        const bytes = new Uint8Array(size);
        bytes.set(this.bytes.subarray(0, size));
        this.#change(bytes);
      },
      read: (into: AllowSharedBufferSource, options?: FileSystemReadWriteOptions) => {
        use();
        const view = viewOf(into);
        const part = this.bytes.subarray(options?.at ?? 0, (options?.at ?? 0) + view.length);
        view.set(part);
        return part.length;
      },
      write: (from: AllowSharedBufferSource, options?: FileSystemReadWriteOptions) => {
        use();
        this.bytes.set(viewOf(from), options?.at ?? 0);
        this.writtenAt = Date.now();
        return viewOf(from).length;
      },
      close: () => {
        if (this.#access === access) this.#access = undefined;
      },
    };
    this.#access = access;
    return access;
  }

  #change(bytes: Uint8Array): void {
    this.bytes = new Uint8Array(bytes);
    this.writtenAt = Date.now();
  }
}

function viewOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

async function* each<Entry>(entries: Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}
