import { signal } from '@preact/signals';
import type { ErrorCode } from '../../core/shared/errors.ts';

/** A person speaks into it, beside loudspeakers that play the share. */
const SPEECH: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** My microphone for this share: off until the person asks for it. */
export class Microphone {
  /** asking: the browser asks the person. */
  readonly state = signal<'off' | 'asking' | 'on'>('off');
  /** Why it could not be switched on, until it is tried again. */
  readonly problem = signal<ErrorCode | null>(null);
  readonly #use: (track: MediaStreamTrack | null) => void;
  #track: MediaStreamTrack | null = null;
  #attempt = 0;

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
    this.#attempt++;
    this.problem.value = null;
    this.#end();
  }

  dismissProblem(): void {
    this.problem.value = null;
  }

  async #start(): Promise<void> {
    const attempt = ++this.#attempt;
    this.problem.value = null;
    this.state.value = 'asking';
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: SPEECH });
      const [track] = stream.getAudioTracks();
      // Switched off again before the browser was done with asking.
      if (attempt !== this.#attempt) return track?.stop();
      if (track) this.#take(track);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#end();
      this.problem.value = codeOf(error);
    }
  }

  #take(track: MediaStreamTrack): void {
    this.#track = track;
    this.state.value = 'on';
    // The device was unplugged, or leave was taken back.
    track.addEventListener('ended', () => {
      if (this.#track !== track) return;
      this.#end();
      this.problem.value = 'microphone-missing';
    });
    this.#use(track);
  }

  #end(): void {
    this.state.value = 'off';
    if (!this.#track) return;
    this.#track.stop();
    this.#track = null;
    this.#use(null);
  }
}

/** Anything but a refusal means that there is no device to be had: none, or one that another program holds. */
function codeOf(error: unknown): ErrorCode {
  const isRefusal =
    error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'SecurityError');
  return isRefusal ? 'microphone-denied' : 'microphone-missing';
}
