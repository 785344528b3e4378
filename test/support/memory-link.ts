import type { BulkLaneName, CloseReason, Lane, LaneName, Link, Path } from '../../extension/core/link/link.ts';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import { AppError } from '../../extension/core/shared/errors.ts';

/** Bytes on the wire of one lane above which `send` waits: small, so that tests meet it. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** Unread bytes of one lane above which the link is lost. */
const UNREAD_LIMIT_BYTES = 16 * 1024 * 1024;

const BULK_LANES: readonly BulkLaneName[] = ['bulk', 'bulk-2', 'bulk-3', 'bulk-4'];

export interface MemoryLinkOptions {
  /** One unless told, at most four. */
  bulkLanes?: number;
  highWaterBytes?: number;
  unreadLimitBytes?: number;
  /** What arrives in place of a frame: nothing, something else, or it twice. Without it the frame itself. */
  tamper?(frame: Uint8Array<ArrayBuffer>, lane: LaneName, from: 'a' | 'b'): Uint8Array<ArrayBuffer>[];
  /** Each frame waits for this before it arrives, and those behind it on its lane too. */
  delay?(lane: LaneName, from: 'a' | 'b'): Promise<void> | undefined;
}

export interface MemoryLink extends Link {
  isSuspect: boolean;
  /** What a heartbeat would have found. */
  measured(path: Path, rttMs: number): void;
  /** What this end sends stays on the wire, or goes on. */
  setPaused(paused: boolean): void;
}

export interface MemoryLinkPair {
  readonly a: MemoryLink;
  readonly b: MemoryLink;
  /** Frames stay on the wire, in both directions, until `resume`. */
  pause(): void;
  resume(): void;
  /** The line breaks: both sides close with `link-lost`, what was on the wire is gone. */
  cut(): void;
}

/**
 * Two ends of one link in this process. Frames are copied when they are sent and arrive in order, later than the call; what the
 * reader has not taken is bounded as in a real link.
 */
export function createMemoryLinks(options: MemoryLinkOptions = {}): MemoryLinkPair {
  const a = new MemoryEnd('a', options);
  const b = new MemoryEnd('b', options);
  a.join(b);
  b.join(a);
  const both = (act: (end: MemoryEnd) => void) => () => {
    act(a);
    act(b);
  };
  return {
    a,
    b,
    pause: both((end) => end.setPaused(true)),
    resume: both((end) => end.setPaused(false)),
    cut: both((end) => end.end('link-lost')),
  };
}

class MemoryEnd implements MemoryLink {
  path: Path = 'direct';
  rttMs: number | null = null;
  isSuspect = false;
  readonly closed: Promise<CloseReason>;
  readonly #settle: (reason: CloseReason) => void;
  readonly bulkLanes: readonly BulkLaneName[];
  readonly #lanes: ReadonlyMap<LaneName, MemoryLane>;
  readonly #listeners = new Set<() => void>();
  #other: MemoryEnd | undefined;
  #ended = false;

  constructor(side: 'a' | 'b', options: MemoryLinkOptions) {
    const { promise, resolve } = withResolvers<CloseReason>();
    this.closed = promise;
    this.#settle = resolve;
    const lane = (name: LaneName) =>
      new MemoryLane(options, {
        deliver: (frame) => {
          const frames = options.tamper ? options.tamper(frame, name, side) : [frame];
          for (const each of frames) this.#other?.lane(name).arrive(each);
        },
        delay: () => options.delay?.(name, side),
        flooded: () => this.close('message-too-large'),
      });
    this.bulkLanes = BULK_LANES.slice(0, options.bulkLanes ?? 1);
    this.#lanes = new Map((['control', ...this.bulkLanes] as const).map((name) => [name, lane(name)]));
  }

  join(other: MemoryEnd): void {
    this.#other = other;
  }

  lane(name: LaneName): MemoryLane {
    const lane = this.#lanes.get(name);
    if (!lane) throw new Error(`This link has no lane ${name}.`);
    return lane;
  }

  measured(path: Path, rttMs: number): void {
    this.path = path;
    this.rttMs = rttMs;
    for (const listener of [...this.#listeners]) listener();
  }

  probe(): void {}

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(reason: CloseReason): void {
    if (this.#ended) return;
    this.end(reason);
    this.#other?.end('bye');
  }

  end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const lane of this.#lanes.values()) lane.end();
    this.#settle(reason);
  }

  setPaused(paused: boolean): void {
    for (const lane of this.#lanes.values()) lane.setPaused(paused);
  }
}

interface Wire {
  delay(): Promise<void> | undefined;
  deliver(frame: Uint8Array<ArrayBuffer>): void;
  flooded(): void;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

class MemoryLane implements Lane {
  readonly frames: ReadableStream<Uint8Array>;
  readonly #wire: Wire;
  readonly #highWaterBytes: number;
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiters = new Set<Waiter>();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #queuedBytes = 0;
  #draining = false;
  #paused = false;
  #ended = false;
  #cancelled = false;

  constructor(options: MemoryLinkOptions, wire: Wire) {
    this.#wire = wire;
    this.#highWaterBytes = options.highWaterBytes ?? HIGH_WATER_BYTES;
    const highWaterMark = options.unreadLimitBytes ?? UNREAD_LIMIT_BYTES;
    this.frames = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#cancelled = true;
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark }),
    );
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** An abort while it waits for headroom rejects; the frame is on its way all the same. */
  async send(frame: Uint8Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (frame.length < 1 || frame.length > MAX_FRAME_BYTES) throw new AppError('message-too-large');
    if (this.#ended) throw new AppError('link-lost');
    this.#queue.push(Uint8Array.from(frame));
    this.#queuedBytes += frame.length;
    this.#drain();
    if (this.#queuedBytes > this.#highWaterBytes) await this.#headroom(signal);
  }

  arrive(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#ended || this.#cancelled) return;
    const room = this.#controller?.desiredSize ?? 0;
    if (room < frame.length) this.#wire.flooded();
    else this.#controller?.enqueue(frame);
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#drain();
  }

  end(): void {
    this.#ended = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    if (!this.#cancelled) this.#controller?.close();
    for (const waiter of [...this.#waiters]) waiter.reject(new AppError('link-lost'));
  }

  #headroom(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = withResolvers<void>();
    const onAbort = () => reject(signal?.reason);
    const waiter = { resolve, reject };
    this.#waiters.add(waiter);
    signal?.addEventListener('abort', onAbort);
    return promise.finally(() => {
      this.#waiters.delete(waiter);
      signal?.removeEventListener('abort', onAbort);
    });
  }

  /** One frame a microtask: never inside the caller's `send`, never held up by a test's fake timers. */
  #drain(): void {
    if (this.#draining || this.#paused || this.#queue.length === 0) return;
    this.#draining = true;
    const delay = this.#wire.delay();
    if (delay) void delay.then(() => this.#deliver());
    else queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#draining = false;
    if (this.#paused) return;
    const frame = this.#queue.shift();
    if (frame === undefined) return;
    this.#queuedBytes -= frame.length;
    this.#wire.deliver(frame);
    if (this.#queuedBytes <= this.#highWaterBytes) for (const waiter of [...this.#waiters]) waiter.resolve();
    this.#drain();
  }
}

/** `Promise.withResolvers`, which node 20 lacks. */
export function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  return { promise, resolve, reject };
}
