import { type Content, encoderSettings, type Wish } from './settings.ts';

/** A lossless picture of a source that stands still: WebP, or PNG. */
export interface Still {
  readonly blob: Blob;
  /** In pixels: those of the video it lies over. */
  readonly width: number;
  readonly height: number;
}

/** What may be wrong with the picture itself: black for long · nothing new although its source should move. */
export type PictureTrouble = 'black' | 'frozen';

export interface QualityEvents {
  /** What is mostly on the picture, as measured; each change once. */
  onContent(content: Content): void;
  /** Null: no trouble any more. Each change once. */
  onTrouble(trouble: PictureTrouble | null): void;
  /** The picture stands still and looks exactly so. A newer one replaces it. Only while `sendStills(true)`. */
  onStill(still: Still): void;
  /** It moves again: the video counts. Once after each run of stills, before anything else. */
  onStillOver(): void;
}

/**
 * Looks at what is captured and keeps the encoder set for it: the hint of the track, and bitrate and preference of the sender.
 * It changes no track and no connection otherwise, and stops none.
 */
export class Quality {
  readonly #events: QualityEvents;
  #track: MediaStreamTrack | null = null;
  #sender: RTCRtpSender | null = null;
  #wish: Wish = 'auto';
  readonly #content: Content = 'text';

  constructor(events: QualityEvents) {
    this.#events = events;
  }

  /** The captured picture, at the start and whenever another one takes its place; null while paused: then nothing is looked at. */
  setTrack(track: MediaStreamTrack | null): void {
    this.#track = track;
    this.#apply();
  }

  /** Who sends it to the viewer now, once its transceiver exists; null when nobody watches. */
  setSender(sender: RTCRtpSender | null): void {
    this.#sender = sender;
    this.#apply();
  }

  /** True once the viewer can take stills, false when it can't any more. It is given the current one soon after. */
  sendStills(on: boolean): void {
    if (!on) this.#events.onStillOver();
  }

  setWish(wish: Wish): void {
    this.#wish = wish;
    this.#apply();
  }

  /** Idempotent. No event comes after it. */
  close(): void {
    this.setTrack(null);
    this.setSender(null);
  }

  #apply(): void {
    const settings = encoderSettings(this.#wish, this.#content);
    // Without it Chromium takes a captured tab for film and trades sharp text for frames.
    if (this.#track) this.#track.contentHint = settings.contentHint;
    if (!this.#sender) return;
    const parameters = this.#sender.getParameters();
    parameters.degradationPreference = settings.degradationPreference;
    for (const encoding of parameters.encodings) encoding.maxBitrate = settings.maxBitrate;
    // Rejects only when the sender has been stopped in the meantime, and then nothing is left to prefer.
    this.#sender.setParameters(parameters).catch(() => undefined);
  }
}
