import { BitrateJudge } from './bitrate-judge.ts';
import { type CodecChoice, CodecJudge } from './codec-judge.ts';
import { FilmJudge } from './film-judge.ts';
import type { SendingMeasure } from './sending-measure.ts';
import { SendingReader } from './sending-reader.ts';
import { type EncoderSettings, encoderSettings, type Line } from './settings.ts';

const MEASURE_EVERY_MS = 1_000;
/** What needs the fewest bits comes first. */
const SLIM = ['video/av1', 'video/vp9'];

/** W3C webrtc-extensions; the DOM's types don't have it yet. */
declare global {
  interface RTCRtpEncodingParameters {
    codec?: RTCRtpCodec;
  }
}

/** Keeps the sender of a picture set as wished, whichever sender that is, and its codec as the line and this computer allow. */
export class SenderSettings {
  readonly #onLine: () => void;
  #sender: RTCRtpSender | null = null;
  #settings = encoderSettings('auto', 'text', { isNarrow: false });
  /** Null: as it was agreed on. */
  #codec: CodecChoice | null = null;
  #bitrate = new BitrateJudge();
  #film = new FilmJudge();
  #working: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lineBitsPerSecond: number | null = null;
  #reader: SendingReader | null = null;

  /** `onLine`: `line` is another one. */
  constructor(onLine: () => void) {
    this.#onLine = onLine;
  }

  get line(): Line {
    return this.#film;
  }

  /** What congestion control thinks the line carries; null where nobody knows. */
  get lineBitsPerSecond(): number | null {
    return this.#lineBitsPerSecond;
  }

  /** Whether the picture that was sent last looks as it does here; null where nobody can tell. Never rejects. */
  async isClean(): Promise<boolean | null> {
    // Rejects when the connection has been closed meanwhile.
    return (await this.#reader?.isClean().catch(() => null)) ?? null;
  }

  set(sender: RTCRtpSender | null): void {
    clearInterval(this.#timer);
    this.#sender = sender;
    this.#reader = sender && new SendingReader(sender);
    this.#codec = null;
    this.#bitrate = new BitrateJudge();
    this.#film = new FilmJudge();
    this.#lineBitsPerSecond = null;
    const reader = this.#reader;
    if (!sender || !reader) return;
    this.#tell();
    const judge = new CodecJudge();
    this.#timer = setInterval(() => {
      // Rejects when the connection has been closed meanwhile.
      this.#measure(sender, reader, judge).catch(() => undefined);
    }, MEASURE_EVERY_MS);
  }

  apply(settings: EncoderSettings): void {
    this.#settings = settings;
    this.#tell();
  }

  async #measure(sender: RTCRtpSender, reader: SendingReader, judge: CodecJudge): Promise<void> {
    const measure = await reader.read();
    if (!measure || sender !== this.#sender) return;
    this.#lineBitsPerSecond = measure.availableBitsPerSecond;
    const choice = judge.measured(measure.elapsedMs, measure);
    const bitsBefore = this.#bitrate.filmBitsPerSecond;
    if (!this.#needsSharpness) this.#bitrate.measured(measure.elapsedMs, measure);
    this.#measureFilm(sender, measure);
    const isOtherCodec = choice !== (this.#codec ?? 'light');
    if (isOtherCodec) this.#codec = choice;
    if (isOtherCodec || this.#bitrate.filmBitsPerSecond !== bitsBefore) this.#tell();
  }

  #measureFilm({ track }: RTCRtpSender, measure: SendingMeasure & { readonly elapsedMs: number }): void {
    const { width, height } = track?.getSettings() ?? {};
    if (this.#settings.contentHint === 'detail' || !width || !height) return this.#film.rests();
    const { isNarrow: before } = this.#film;
    const size = { pixels: width * height, maxBitsPerSecond: this.#maxBitsPerSecond };
    this.#film.measured(measure.elapsedMs, measure, size);
    if (this.#film.isNarrow !== before) this.#onLine();
  }

  /** Film comes through a narrow line with VP8 too: smaller, and with all its frames. */
  get #needsSharpness(): boolean {
    return this.#settings.degradationPreference !== 'maintain-framerate';
  }

  get #maxBitsPerSecond(): number {
    const { maxBitrate } = this.#settings;
    return this.#needsSharpness ? maxBitrate : (this.#bitrate.filmBitsPerSecond ?? maxBitrate);
  }

  /** One after the other: a sender takes its parameters only as they were when they were read. */
  #tell(): void {
    this.#working = this.#working.then(async () => {
      const sender = this.#sender;
      if (!sender) return;
      const parameters = sender.getParameters();
      const { degradationPreference } = this.#settings;
      parameters.degradationPreference = degradationPreference;
      const codec = this.#codec && chosenCodec(parameters.codecs, this.#needsSharpness ? this.#codec : 'light');
      for (const encoding of parameters.encodings) {
        encoding.maxBitrate = this.#maxBitsPerSecond;
        if (codec) encoding.codec = codec;
      }
      // Rejects only when the sender has been stopped in the meantime, and then nothing is left to prefer.
      await sender.setParameters(parameters).catch(() => undefined);
    });
  }
}

/** Of those that both sides agreed on, the preferred first. */
function chosenCodec(agreed: readonly RTCRtpCodecParameters[], choice: CodecChoice): RTCRtpCodec | undefined {
  const slim = SLIM.map((type) => agreed.find(({ mimeType }) => mimeType.toLowerCase() === type));
  const found = choice === 'slim' ? (slim.find((codec) => codec) ?? agreed[0]) : agreed[0];
  if (!found) return undefined;
  const { mimeType, clockRate, sdpFmtpLine } = found;
  return { mimeType, clockRate, ...(sdpFmtpLine !== undefined && { sdpFmtpLine }) };
}
