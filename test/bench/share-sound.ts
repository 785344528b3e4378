import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { Figure } from './report.ts';
import { median } from './report.ts';
import type { BenchResult } from './run.ts';
import { watchBare } from './share-bare.ts';
import { type Seen, seenBetween } from './share-eye.ts';
import type { Kind } from './share-round.ts';
import { LiveStage, type Way } from './share-stage.ts';
import { roundsOf, takeTurns, wayFigures } from './share-turns.ts';
import { watchPairwise } from './share-way.ts';

const SIZE = { width: 1_280, height: 720 };
/** A receiver stretches and shortens the first seconds of a sound while it finds out how much to hold in reserve. */
const SETTLE_MS = 5_000;
const LISTEN_MS = 60_000;
/** Of the page that sounds. */
const TONE_HZ = 440;
const CLICK_HZ = 3_000;
/** Shorter breaks are no gap. */
const GAP_MS = 50;
/** A tone this much weaker than usual has broken off. */
const GONE_SHARE = 0.25;
/** A click is a flash's if they are this close; they come a second apart. */
const PAIR_LIMIT_MS = 500;

/** A stretch of sound, some 10 ms long. Strengths are amplitudes. */
interface Heard {
  readonly atMs: number;
  readonly durationMs: number;
  readonly tone: number;
  readonly click: number;
}

declare global {
  var soundHeard: Heard[] | undefined;
}

interface Listened {
  readonly way: Way;
  readonly openMs: number | null;
  readonly gaps: number;
  /** Of each click, how long it was heard after its flash was seen. Negative: before. */
  readonly lagsMs: readonly number[];
}

/** A steady tone for a minute, and a flash with a click each second. */
export async function soundCase(name: string): Promise<BenchResult> {
  const stage = await LiveStage.open(SIZE);
  try {
    const all = await takeTurns(roundsOf(), (kind) => listenOnce(stage, kind), tell);
    const figure = (figureName: string, unit: string, of: (one: Listened) => number): Figure => ({
      case: name,
      figure: figureName,
      unit,
      values: all.pairwise.map(of),
      baselineValues: all.bare.map(of),
    });
    const figures = [
      ...wayFigures(name, all),
      figure('audioGaps', 'in 60 s', ({ gaps }) => gaps),
      figure('lipSyncMs', 'ms', ({ lagsMs }) => Math.abs(median(lagsMs))),
    ];
    return { chromium: await stage.chromium(), figures };
  } finally {
    await stage.close();
  }
}

async function listenOnce(stage: LiveStage, kind: Kind): Promise<Listened> {
  await stage.shows('sound');
  const watched = await (kind === 'bare' ? watchBare : watchPairwise)(stage);
  const { viewer, way, openMs } = watched;
  await openEar(viewer);
  await delay(SETTLE_MS);
  const fromMs = Date.now();
  await delay(LISTEN_MS);
  const untilMs = Date.now();
  const seen = await seenBetween(viewer, fromMs, untilMs);
  const heard = (await viewer.evaluate(() => globalThis.soundHeard ?? [])).filter(
    ({ atMs }) => atMs >= fromMs && atMs < untilMs,
  );
  await watched.end();
  return { way, openMs, gaps: gapsOf(heard), lagsMs: lagsOf(seen, heard) };
}

function tell(kind: Kind, { gaps, lagsMs }: Listened): void {
  console.log(
    `  ${kind}: ${gaps} gaps, ${lagsMs.length} clicks, heard ${median(lagsMs).toFixed(0)} ms after they are seen`,
  );
}

/** Notes how strong both tones are in everything that the viewer's video element is given to play. */
async function openEar(viewer: Page): Promise<void> {
  await viewer.evaluate(
    (toneHz, clickHz) => {
      // tsx wraps inner functions in a helper that pages don't have.
      Object.assign(globalThis, {
        __name<Inner>(inner: Inner): Inner {
          return inner;
        },
      });
      const video = document.querySelector('video');
      const [track] = video?.srcObject instanceof MediaStream ? video.srcObject.getAudioTracks() : [];
      if (!video || !track) throw new Error('The viewer has no sound.');
      if (video.muted) throw new Error('The viewer is muted.');
      const heard: Heard[] = [];
      globalThis.soundHeard = heard;
      /** The amplitude of one frequency in some samples: Goertzel. */
      const strength = (samples: Float32Array, hz: number, rate: number) => {
        const turn = (2 * Math.PI * hz) / rate;
        let [last, before] = [0, 0];
        for (const sample of samples) [last, before] = [sample + 2 * Math.cos(turn) * last - before, last];
        const power = last * last + before * before - 2 * Math.cos(turn) * last * before;
        return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
      };
      // A second of sound waits while the page is busy.
      const options = { track, maxBufferSize: 100 };
      const reader = new MediaStreamTrackProcessor(options).readable.getReader();
      const listen = async () => {
        for (;;) {
          const { value: sound } = await reader.read();
          if (!sound) return;
          const { numberOfFrames, sampleRate } = sound;
          const samples = new Float32Array(numberOfFrames);
          sound.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
          sound.close();
          heard.push({
            atMs: Date.now(),
            durationMs: (numberOfFrames / sampleRate) * 1_000,
            tone: strength(samples, toneHz, sampleRate),
            click: strength(samples, clickHz, sampleRate),
          });
        }
      };
      void listen();
    },
    TONE_HZ,
    CLICK_HZ,
  );
}

/** How often the tone broke off for longer than 50 ms, or nothing came to be played for as long. */
function gapsOf(heard: readonly Heard[]): number {
  if (heard.length === 0) throw new Error('Nothing was heard.');
  const usual = median(heard.map(({ tone }) => tone));
  let breaks = 0;
  let goneMs = 0;
  for (const { durationMs, tone } of heard) {
    const isGone = tone < GONE_SHARE * usual;
    if (!isGone && goneMs > GAP_MS) breaks += 1;
    goneMs = isGone ? goneMs + durationMs : 0;
  }
  return breaks + Number(goneMs > GAP_MS) + stallsOf(heard);
}

/** How often the sound fell behind the clock for good: a busy page that reads late only catches up. */
function stallsOf(heard: readonly Heard[]): number {
  let playedMs = 0;
  const lags = heard.map(({ atMs, durationMs }) => {
    playedMs += durationMs;
    return atMs - playedMs;
  });
  let stalls = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const lag of lags.toReversed()) {
    if (least - lag > GAP_MS && least !== Number.POSITIVE_INFINITY) stalls += 1;
    least = Math.min(least, lag);
  }
  return stalls;
}

/** Flashes and clicks begin; each click belongs to the flash that is nearest. */
function lagsOf(seen: readonly Seen[], heard: readonly Heard[]): number[] {
  const flashes = seen.filter(({ flash }, index) => flash && seen[index - 1]?.flash === false);
  const loudest = Math.max(...heard.map(({ click }) => click));
  const clicks = heard.filter(({ click }, index) => {
    const before = heard[index - 1];
    return before && click > loudest / 2 && before.click <= loudest / 2;
  });
  return flashes.flatMap((flash) => {
    const lags = clicks.map(({ atMs }) => atMs - flash.atMs).filter((lag) => Math.abs(lag) < PAIR_LIMIT_MS);
    const [nearest] = lags.toSorted((a, b) => Math.abs(a) - Math.abs(b));
    return nearest === undefined ? [] : [nearest];
  });
}
