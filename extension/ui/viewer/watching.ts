import { batch, signal } from '@preact/signals';
import type { MediaStats } from '../../core/media/stats.ts';
import { Watcher } from '../../core/media/watcher.ts';
import type { ShareEnd } from '../../core/protocol/messages.ts';
import type { FromViewer } from '../../core/protocol/side-messages.ts';
import type { ErrorCode } from '../../core/shared/errors.ts';
import type { ViewerDown, ViewerUp } from '../../messaging/viewer-messages.ts';
import { Patience } from './patience.ts';

/** The way to the sharer, as `openViewerPort` gives it: it asks for the share by itself, also after it had to reconnect. */
export interface SharePort {
  send(message: ViewerUp): void;
  /** Tells that this page captures the microphone, or not any more: the toolbar icon says so. */
  setMicrophone(on: boolean): void;
  onMessage(listener: (message: ViewerDown) => void): () => void;
  onClose(listener: () => void): () => void;
}

export interface WatchingOptions {
  readonly port: SharePort;
  readonly peerId: string;
  readonly shareId: string;
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

/** A missing codec stays missing, and so does what a policy forbids. Elsewhere trying again may help. */
const LASTING: readonly ErrorCode[] = ['share-no-codec', 'webrtc-blocked'];

/** Whether another attempt would meet the same problem. */
export function isLasting(problem: ErrorCode): boolean {
  return LASTING.includes(problem);
}

/** Keeps one share watched: a new watcher whenever the other side starts over. */
export class Watching {
  readonly phase = signal<Phase>('connecting');
  readonly stream = signal<MediaStream | null>(null);
  /** The other person's microphone, while it is on. */
  readonly voice = signal<MediaStream | null>(null);
  /** The picture while it stands still, exactly. */
  readonly still = signal<Blob | null>(null);
  /** Why it is over, in the phase `ended`. */
  readonly end = signal<ShareEnd>('stopped');
  /** What went wrong, in the phase `failed`. */
  readonly problem = signal<ErrorCode>('share-unreachable');
  readonly #options: WatchingOptions;
  readonly #unsubscribes: readonly (() => void)[];
  #watcher: Watcher | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #patience = new Patience(() => {
    this.#ask();
    this.#bePatient();
  });
  #isReached = false;
  #shareKnown = true;
  #portWasLost = false;
  #myVoice: MediaStreamTrack | null = null;
  #iceServers: readonly RTCIceServer[] = [];

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
    this.#ask();
  }

  /** Tells whether the sharer can be asked: its session is connected. */
  setReached(reached: boolean): void {
    if (reached === this.#isReached) return;
    this.#isReached = reached;
    this.#bePatient();
  }

  /** Tells whether the app state knows the share. One that comes back after it seemed over is watched again. */
  setShareKnown(known: boolean): void {
    const isBack = known && !this.#shareKnown;
    this.#shareKnown = known;
    if (isBack && (this.phase.value === 'ended' || this.phase.value === 'reconnecting')) this.again();
  }

  /** Says something beside picture and sound; lost while there is no connection. */
  tell(message: FromViewer): void {
    this.#watcher?.tell(message);
  }

  /** Sends my microphone, also after a new start; null takes it back. */
  setVoice(track: MediaStreamTrack | null): void {
    this.#myVoice = track;
    this.#options.port.setMicrophone(track !== null);
    this.#watcher?.setVoice(track);
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
        this.#iceServers = message.iceServers;
        return this.#start();
      case 'ice-servers':
        this.#iceServers = message.iceServers;
        return;
      case 'signal':
        return void this.#watcher?.receive(message.signal);
      case 'dropped':
        return this.#dropped();
      case 'replaced':
        return this.#stop('replaced');
      case 'ended':
        return this.#ended(message.why);
    }
  }

  #start(): void {
    this.#portWasLost = false;
    const sawIt = this.stream.value !== null || this.phase.value === 'reconnecting';
    this.#closeWatcher();
    try {
      this.#watcher = this.#newWatcher();
    } catch {
      // A browser or a policy without WebRTC.
      this.problem.value = 'webrtc-blocked';
      this.#stop('failed');
      // No answer tells the sharer, who would wait for this page and look for a way to it.
      return this.#options.port.send({ type: 'leave' });
    }
    if (this.#myVoice) this.#watcher.setVoice(this.#myVoice);
    if (sawIt) this.phase.value = 'reconnecting';
    else if (this.phase.value !== 'slow') this.phase.value = 'connecting';
    this.#slowAfterAWhile();
    this.#bePatient();
  }

  #newWatcher(): Watcher {
    return new Watcher({
      iceServers: () => this.#iceServers,
      send: (signal) => this.#options.port.send({ type: 'signal', signal }),
      onStream: (stream) => {
        this.stream.value = stream;
      },
      onVoice: (voice) => {
        this.voice.value = voice;
      },
      onStill: (still) => {
        this.still.value = still;
      },
      onState: (state) => {
        clearTimeout(this.#timer);
        this.phase.value = state;
        this.#bePatient();
      },
      onError: ({ code }) => {
        this.problem.value = code;
        this.#stop('failed');
        // The sharer looks for a way to this page otherwise. Without a codec the share ends, which it knows by the answer.
        if (code !== 'share-no-codec') this.#options.port.send({ type: 'leave' });
      },
    });
  }

  /** The sharer has let go of this page. */
  #dropped(): void {
    if (!this.#isTrying && this.phase.value !== 'connected') return;
    this.#closeWatcher();
    if (this.phase.value === 'connected') this.phase.value = 'reconnecting';
    this.#patience.dropped();
  }

  #ended(why: ShareEnd): void {
    // What is the matter was found out here, and says more.
    if (why === 'failed' && this.phase.value === 'failed' && isLasting(this.problem.value)) return;
    this.end.value = why;
    if (!this.#portWasLost) return this.#stop('ended');
    this.#portWasLost = false;
    this.#shareKnown = false;
    this.phase.value = 'reconnecting';
    this.#after(RETURN_LIMIT_MS, () => this.#stop('ended'));
  }

  #stop(phase: Phase): void {
    clearTimeout(this.#timer);
    this.#patience.rests();
    batch(() => {
      this.#closeWatcher();
      this.phase.value = phase;
      this.stream.value = null;
    });
  }

  /** The last picture stays in the video; what lay over it and the voice go. */
  #closeWatcher(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    batch(() => {
      this.voice.value = null;
      this.still.value = null;
    });
  }

  get #isTrying(): boolean {
    return ['connecting', 'slow', 'reconnecting'].includes(this.phase.value);
  }

  /** A sharer that has lost this page without a word is asked again. */
  #bePatient(): void {
    if (this.phase.value === 'connected') this.#patience.connected();
    else if (this.#isTrying && this.#isReached) this.#patience.waits();
    else this.#patience.rests();
  }

  #ask(): void {
    const { port, peerId, shareId } = this.#options;
    port.send({ type: 'watch', peerId, shareId });
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
