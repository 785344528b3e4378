import { batch, signal } from '@preact/signals';
import type { MediaStats } from '../../core/media/stats.ts';
import { Watcher } from '../../core/media/watcher.ts';
import type { ViewerDown, ViewerUp } from '../../messaging/commands.ts';

/** The way to the sharer, as `openViewerPort` gives it: it asks for the share by itself, also after it had to reconnect. */
export interface SharePort {
  send(message: ViewerUp): void;
  onMessage(listener: (message: ViewerDown) => void): () => void;
  onClose(listener: () => void): () => void;
}

export interface WatchingOptions {
  readonly port: SharePort;
  readonly peerId: string;
  readonly shareId: string;
  readonly iceServers: readonly RTCIceServer[];
}

/**
 * connecting: the sharer is asked · slow: still nothing, it goes on trying · connected: media can flow · reconnecting: it did and
 * is being brought back · ended: the share is over · replaced: another window shows it · failed: only a new attempt can help.
 */
export type Phase = 'connecting' | 'slow' | 'connected' | 'reconnecting' | 'ended' | 'replaced' | 'failed';

/** A connection takes a second; by then something is in the way. */
const SLOW_AFTER_MS = 12_000;
/** A document that was started anew doesn't know a share until the peer is connected again, and says that it has ended. */
const RETURN_LIMIT_MS = 15_000;

/** Keeps one share watched: a new watcher whenever the other side starts over. */
export class Watching {
  readonly phase = signal<Phase>('connecting');
  readonly stream = signal<MediaStream | null>(null);
  readonly #options: WatchingOptions;
  readonly #unsubscribes: readonly (() => void)[];
  #watcher: Watcher | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shareKnown = true;
  #portWasLost = false;

  constructor(options: WatchingOptions) {
    this.#options = options;
    this.#unsubscribes = [
      options.port.onMessage((message) => this.#receive(message)),
      // The media itself goes on: it runs between this page and the sharer.
      options.port.onClose(() => {
        this.#portWasLost = true;
      }),
    ];
    this.#slowAfterAWhile();
  }

  /** Asks for the share again: after another window took it over, or after a failure. */
  again(): void {
    this.#stop(this.phase.value === 'reconnecting' ? 'reconnecting' : 'connecting');
    this.#slowAfterAWhile();
    const { port, peerId, shareId } = this.#options;
    port.send({ type: 'watch', peerId, shareId });
  }

  /** Tells whether the app state knows the share. One that comes back after it seemed over is watched again. */
  setShareKnown(known: boolean): void {
    const isBack = known && !this.#shareKnown;
    this.#shareKnown = known;
    if (isBack && (this.phase.value === 'ended' || this.phase.value === 'reconnecting')) this.again();
  }

  async stats(): Promise<MediaStats | null> {
    return (await this.#watcher?.stats()) ?? null;
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#stop('ended');
  }

  #receive(message: ViewerDown): void {
    switch (message.type) {
      case 'ready':
        return this.#start();
      case 'signal':
        return void this.#watcher?.receive(message.signal);
      case 'replaced':
        return this.#stop('replaced');
      case 'ended':
        return this.#ended();
    }
  }

  #start(): void {
    this.#portWasLost = false;
    const sawIt = this.stream.value !== null || this.phase.value === 'reconnecting';
    this.#watcher?.close();
    this.#watcher = new Watcher({
      iceServers: this.#options.iceServers,
      send: (signal) => this.#options.port.send({ type: 'signal', signal }),
      onStream: (stream) => {
        this.stream.value = stream;
      },
      onState: (state) => {
        clearTimeout(this.#timer);
        this.phase.value = state;
      },
      onError: () => this.#stop('failed'),
    });
    this.phase.value = sawIt ? 'reconnecting' : 'connecting';
    this.#slowAfterAWhile();
  }

  #ended(): void {
    if (!this.#portWasLost) return this.#stop('ended');
    this.#portWasLost = false;
    this.#shareKnown = false;
    this.phase.value = 'reconnecting';
    this.#after(RETURN_LIMIT_MS, () => this.#stop('ended'));
  }

  #stop(phase: Phase): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
    batch(() => {
      this.phase.value = phase;
      this.stream.value = null;
    });
  }

  #slowAfterAWhile(): void {
    this.#after(SLOW_AFTER_MS, () => {
      if (this.phase.value === 'connecting') this.phase.value = 'slow';
    });
  }

  #after(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
