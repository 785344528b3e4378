import { computed, signal } from '@preact/signals';
import type { Size } from './geometry.ts';
import { BEGINNING_PX, showAtOnce } from './prompt-video.ts';

const VOLUME_STEP = 0.05;

/** The video element's sound, picture and windows, and the voice beside it, as signals and actions. */
export class Player {
  readonly volume = signal(1);
  /** The browser plays sound only after a click on this page. */
  readonly soundBlocked = signal(false);
  /** Null before the first picture of the stream. */
  readonly size = signal<Size | null>(null);
  readonly inPictureInPicture = signal(false);
  readonly inFullScreen = signal(false);
  readonly #mutedByChoice = signal(false);
  readonly muted = computed(() => this.#mutedByChoice.value || this.soundBlocked.value);
  #video: HTMLVideoElement | undefined;
  /** Whether the stream has brought a picture of its own. */
  #hasBegun = false;
  /** The other person's microphone: beside the video, so that it is heard at once, not in step with the picture. */
  #voice: HTMLAudioElement | undefined;

  /** Null before the first picture. */
  get video(): HTMLVideoElement | null {
    return this.size.value ? (this.#video ?? null) : null;
  }

  /** Takes charge of the elements for the share and for the voice beside it. Returns the function that lets them go. */
  attach(video: HTMLVideoElement, voice: HTMLAudioElement): () => void {
    const abort = new AbortController();
    const { signal } = abort;
    this.#video = video;
    this.#voice = voice;
    this.#applySound();
    const measure = () => {
      const { videoWidth: width, videoHeight: height } = video;
      if (width > BEGINNING_PX) this.#hasBegun = true;
      this.size.value = this.#hasBegun && width > 0 ? { width, height } : null;
    };
    for (const event of ['loadeddata', 'resize', 'emptied']) video.addEventListener(event, measure, { signal });
    video.addEventListener('enterpictureinpicture', () => this.#setPictureInPicture(true), { signal });
    video.addEventListener('leavepictureinpicture', () => this.#setPictureInPicture(false), { signal });
    // Closing the small window pauses the video; here it goes on.
    video.addEventListener('pause', () => void this.#play(), { signal });
    document.addEventListener(
      'fullscreenchange',
      () => {
        this.inFullScreen.value = document.fullscreenElement !== null;
      },
      { signal },
    );
    return () => {
      abort.abort();
      this.hear(null);
      this.#video = undefined;
      this.#voice = undefined;
    };
  }

  /** Shows a stream, with sound if the browser lets it. Null keeps the last picture. */
  async show(stream: MediaStream | null): Promise<void> {
    const video = this.#video;
    if (!video || !stream || video.srcObject === stream) return;
    this.#hasBegun = false;
    showAtOnce(video, stream);
    await this.#play();
  }

  /** Plays a voice, as loud as the share; null ends it. */
  hear(voice: MediaStream | null): void {
    if (!this.#voice || this.#voice.srcObject === voice) return;
    this.#voice.srcObject = voice;
    this.#playVoice();
  }

  toggleMute(): void {
    if (this.soundBlocked.value) return this.turnSoundOn();
    this.#mutedByChoice.value = !this.#mutedByChoice.value;
    this.#applySound();
  }

  /** Only from a click or key: that is what the browser waits for. */
  turnSoundOn(): void {
    this.soundBlocked.value = false;
    this.#mutedByChoice.value = false;
    this.#applySound();
  }

  /** From 0 to 1. Moving it up from silence turns the sound on. */
  setVolume(volume: number): void {
    this.volume.value = Math.min(1, Math.max(0, volume));
    if (this.muted.value && this.volume.value > 0) this.turnSoundOn();
    else this.#applySound();
  }

  louder(): void {
    this.setVolume(this.volume.value + VOLUME_STEP);
  }

  quieter(): void {
    this.volume.value = Math.max(0, this.volume.value - VOLUME_STEP);
    this.#applySound();
  }

  /** Does nothing where the browser refuses: without a picture, or switched off by the person. */
  async togglePictureInPicture(): Promise<void> {
    const change = document.pictureInPictureElement
      ? document.exitPictureInPicture()
      : this.#video?.requestPictureInPicture();
    await change?.catch(() => undefined);
  }

  async toggleFullScreen(): Promise<void> {
    const change = document.fullscreenElement
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen();
    await change.catch(() => undefined);
  }

  async #play(): Promise<void> {
    const video = this.#video;
    // A stream that has ended can't be played, only paused again.
    if (!(video?.srcObject instanceof MediaStream) || !video.srcObject.active) return;
    try {
      await video.play();
    } catch (error) {
      // Any other failure is a newer stream or the end of the page taking over.
      if (!isRefusal(error) || video.muted) return;
      this.soundBlocked.value = true;
      this.#applySound();
      await this.#play();
    }
  }

  #playVoice(): void {
    if (!this.#voice?.srcObject) return;
    this.#voice.play().catch((error: unknown) => {
      // Any other failure is a newer stream taking over.
      if (!isRefusal(error) || this.muted.value) return;
      this.soundBlocked.value = true;
      this.#applySound();
    });
  }

  #applySound(): void {
    for (const element of [this.#video, this.#voice]) {
      if (!element) continue;
      element.muted = this.muted.value;
      element.volume = this.volume.value;
    }
    if (this.#voice?.paused) this.#playVoice();
  }

  #setPictureInPicture(on: boolean): void {
    this.inPictureInPicture.value = on;
  }
}

/** The browser wants a click on this page before it plays sound. */
function isRefusal(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError';
}
