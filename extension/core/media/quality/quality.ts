import type { ShareTrouble } from '../../protocol/messages.ts';
import { askForFrame } from '../fresh-frame.ts';
import { changeBetween } from './change.ts';
import { ContentJudge } from './content-judge.ts';
import { lookAt } from './looker.ts';
import type { Picture } from './picture.ts';
import { SenderSettings } from './sender-settings.ts';
import { type Content, encoderSettings, type Wish } from './settings.ts';
import { type Signature, signatureOf } from './signature.ts';
import { type StillEvents, StillSource } from './still-source.ts';
import { TroubleJudge } from './trouble-judge.ts';

export type { Still } from './still-source.ts';

export interface QualityEvents extends StillEvents {
  /** What is mostly on the picture, as measured; each change once. */
  onContent(content: Content): void;
  /** Null: no trouble any more. Each change once. */
  onTrouble(trouble: ShareTrouble | null): void;
}

/** A look takes about 3 ms at 1080p. */
const LOOK_EVERY_MS = 200;
/** How often it is asked what has not happened. */
const CHECK_EVERY_MS = 500;
/** No look for that long: the picture stands still. */
const STILL_MS = 1_000;

/** One captured picture, and what was learnt by looking at it. */
interface Watched {
  readonly track: MediaStreamTrack;
  readonly trouble: TroubleJudge;
  signature: Signature | null;
  lookedMs: number;
  stop(): void;
}

/**
 * Looks at what is captured and keeps the encoder set for it: the hint of the track, and bitrate and preference of the sender. Makes stills
 * of it, and tells what is wrong with it. It changes no track and no connection otherwise, and stops none.
 */
export class Quality {
  readonly #events: QualityEvents;
  readonly #stills: StillSource;
  readonly #sender = new SenderSettings(() => this.#apply());
  #watched: Watched | null = null;
  #judge = new ContentJudge();
  #content: Content | null = null;
  #trouble: ShareTrouble | null = null;
  #wish: Wish = 'auto';

  constructor(events: QualityEvents) {
    this.#events = events;
    this.#stills = new StillSource(events, {
      lineBitsPerSecond: () => this.#sender.lineBitsPerSecond,
      isClean: () => this.#sender.isClean(),
      refine: () => {
        if (this.#watched) askForFrame(this.#watched.track);
      },
    });
  }

  /** The captured picture, at the start and whenever another one takes its place; null while paused: then nothing is looked at. */
  setTrack(track: MediaStreamTrack | null): void {
    if (track === (this.#watched?.track ?? null)) return;
    this.#watched?.stop();
    this.#watched = null;
    this.#stills.clear();
    if (track) this.#watched = this.#watch(track);
    this.#apply();
  }

  /** Who sends it to the viewer now, once its transceiver exists; null when nobody watches. */
  setSender(sender: RTCRtpSender | null): void {
    this.#sender.set(sender);
    // Of its line nothing is known yet.
    this.#apply();
  }

  /** True once the viewer can take stills, false when it can't any more. It is given the current one soon after. */
  sendStills(on: boolean): void {
    this.#stills.turn(on);
  }

  setWish(wish: Wish): void {
    this.#wish = wish;
    this.#apply();
  }

  /** Idempotent. */
  close(): void {
    this.#stills.turn(false);
    this.setTrack(null);
    this.setSender(null);
  }

  #watch(track: MediaStreamTrack): Watched {
    const timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
    const stopLooking = lookAt(track, LOOK_EVERY_MS, (picture) => this.#look(picture));
    return {
      track,
      trouble: new TroubleJudge(),
      signature: null,
      lookedMs: 0,
      stop: () => {
        clearInterval(timer);
        stopLooking();
      },
    };
  }

  #look(picture: Picture): void {
    const watched = this.#watched;
    if (!watched) return;
    const nowMs = performance.now();
    const signature = signatureOf(picture.pixels);
    const change = changeBetween(watched.signature, signature);
    watched.signature = signature;
    watched.lookedMs = nowMs;
    watched.trouble.looked(nowMs, { isBlack: signature.isBlack, width: picture.width, height: picture.height });
    if (change.share > 0) this.#stills.changed(picture, change.share);
    else this.#stills.repeated(picture);
    this.#setContent(this.#judge.looked(nowMs, change));
    this.#setTrouble(watched.trouble.now(nowMs));
  }

  #check(): void {
    const watched = this.#watched;
    if (!watched) return;
    const nowMs = performance.now();
    watched.trouble.muted(nowMs, watched.track.muted);
    this.#setTrouble(watched.trouble.now(nowMs));
    if (watched.lookedMs > 0 && nowMs - watched.lookedMs > STILL_MS) this.#setContent(this.#judge.still(nowMs));
  }

  #setContent(content: Content): void {
    if (content === this.#content) return;
    this.#content = content;
    this.#apply();
    this.#events.onContent(content);
  }

  #setTrouble(trouble: ShareTrouble | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#events.onTrouble(trouble);
  }

  #apply(): void {
    const settings = encoderSettings(this.#wish, this.#content ?? 'text', this.#sender.line);
    if (this.#watched) this.#watched.track.contentHint = settings.contentHint;
    this.#sender.apply(settings);
  }
}
