import { signal } from '@preact/signals';
import { openMicrophone } from '../../core/media/microphone.ts';
import { type ErrorCode, errorCode } from '../../core/shared/errors.ts';

/** My microphone for this share: off until the person asks for it. */
export class Microphone {
  /** asking: the browser asks the person. */
  readonly state = signal<'off' | 'asking' | 'on'>('off');
  /** Why it is off although it was asked for, until it is tried again. */
  readonly problem = signal<ErrorCode | null>(null);
  readonly #use: (track: MediaStreamTrack | null) => void;
  #asking = new AbortController();
  #track: MediaStreamTrack | null = null;

  /** `use` hands the track to whoever sends it; null takes it back. */
  constructor(use: (track: MediaStreamTrack | null) => void) {
    this.#use = use;
  }

  toggle(): void {
    if (this.state.value === 'off') void this.#start();
    else this.stop();
  }

  /** Lets the device go. Idempotent. */
  stop(): void {
    this.problem.value = null;
    this.#end();
  }

  dismissProblem(): void {
    this.problem.value = null;
  }

  async #start(): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    this.problem.value = null;
    this.state.value = 'asking';
    try {
      this.#take(await openMicrophone(asking.signal));
    } catch (error) {
      // Switched off again before the browser was done with asking.
      if (!asking.signal.aborted) this.#fail(errorCode(error));
    }
  }

  #take(track: MediaStreamTrack): void {
    this.#track = track;
    this.state.value = 'on';
    // The device was unplugged, or leave was taken back.
    track.addEventListener('ended', () => this.#track === track && this.#fail('microphone-missing'));
    this.#use(track);
  }

  #fail(code: ErrorCode): void {
    this.#end();
    this.problem.value = code;
  }

  #end(): void {
    this.#asking.abort();
    this.state.value = 'off';
    if (!this.#track) return;
    this.#track.stop();
    this.#track = null;
    this.#use(null);
  }
}
