import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { OutgoingShare } from './state.ts';

/** A browser that can't ask here refuses at once; one that says nothing at all wants to ask too. */
const OPEN_LIMIT_MS = 10_000;

export interface OwnVoiceOptions {
  /** @throws AppError `microphone-denied`, `microphone-missing`; the signal's reason when aborted. */
  openMicrophone(signal: AbortSignal): Promise<MediaStreamTrack>;
  /** Whether the browser would ask the person on a page that can be seen. */
  mayAsk(): Promise<boolean>;
  /** Opens that page. */
  openPage(): Promise<void>;
  /** `track` belongs to this class, which stops it, before it tells of the next one or of none. */
  onChange(voice: OutgoingShare['voice'], track: MediaStreamTrack | null): void;
  onError(code: ErrorCode): void;
}

/** My microphone beside what I show: off until the person switches it on, and again when the share ends. */
export class OwnVoice {
  readonly #options: OwnVoiceOptions;
  #voice: OutgoingShare['voice'] = 'off';
  #track: MediaStreamTrack | null = null;
  #opening: AbortController | null = null;

  constructor(options: OwnVoiceOptions) {
    this.#options = options;
  }

  /** Switches it on or off. Failures are told by `onError`. */
  async turn(on: boolean): Promise<void> {
    if (!on) return this.close();
    if (this.#voice === 'on' || this.#opening) return;
    await this.#open(true);
  }

  /** The person has answered the browser on the page that asked. */
  async answered(allowed: boolean): Promise<void> {
    if (this.#voice !== 'asking' || this.#opening) return;
    if (allowed) return this.#open(false);
    this.#set('off', null);
    this.#options.onError('microphone-denied');
  }

  /** Off, whatever it was. No track is left running. Idempotent. */
  close(): void {
    this.#opening?.abort();
    this.#opening = null;
    this.#set('off', null);
  }

  async #open(mayAsk: boolean): Promise<void> {
    const opening = new AbortController();
    this.#opening = opening;
    try {
      const limit = AbortSignal.timeout(OPEN_LIMIT_MS);
      const track = await this.#options.openMicrophone(AbortSignal.any([opening.signal, limit]));
      if (opening.signal.aborted) return track.stop();
      track.addEventListener('ended', () => this.#ended(track));
      this.#set('on', track);
    } catch (error) {
      if (!opening.signal.aborted) await this.#failed(error, mayAsk, opening.signal);
    } finally {
      if (this.#opening === opening) this.#opening = null;
    }
  }

  async #failed(error: unknown, mayAsk: boolean, closed: AbortSignal): Promise<void> {
    const code = error instanceof AppError ? error.code : 'microphone-denied';
    if (code === 'microphone-denied' && mayAsk && (await this.#options.mayAsk())) {
      if (closed.aborted) return;
      this.#set('asking', null);
      return this.#options.openPage().catch((cause: unknown) => this.#fail(errorCode(cause)));
    }
    if (!closed.aborted) this.#fail(code);
  }

  #fail(code: ErrorCode): void {
    this.#set('off', null);
    this.#options.onError(code);
  }

  /** Unplugged, or leave was taken back. */
  #ended(track: MediaStreamTrack): void {
    if (track === this.#track) this.#fail('microphone-missing');
  }

  #set(voice: OutgoingShare['voice'], track: MediaStreamTrack | null): void {
    if (voice === this.#voice && track === this.#track) return;
    this.#track?.stop();
    this.#voice = voice;
    this.#track = track;
    this.#options.onChange(voice, track);
  }
}
