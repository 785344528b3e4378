import type { Page } from 'puppeteer-core';

/*
 * What arrives at a person's eyes and ears in the viewer page: pixels and sound of its video element, never the state of a track.
 * Functions that run in a page must not name inner functions: tsx wraps those in a helper that the page doesn't have.
 */

/** Capture, connection, first picture and encoder start-up on two busy cores. */
const ARRIVE_LIMIT_MS = 60_000;
/** Loud enough to be a tone and not the codec's own noise, in dB of full scale. */
const AUDIBLE_DB = -60;

export type Colour = 'red' | 'green' | 'blue' | 'yellow' | 'other';

/**
 * The colours of the four bars of the colours page from left to right, each time that they change, until they have moved twice.
 * @throws Error when that takes too long.
 */
export function movingColours(viewer: Page, withinMs = ARRIVE_LIMIT_MS): Promise<Colour[][]> {
  return viewer.evaluate(async (limitMs) => {
    const canvas = new OffscreenCanvas(64, 36);
    const paint = canvas.getContext('2d', { willReadFrequently: true });
    if (!paint) throw new Error('no canvas');
    const colours: Record<string, Colour> = { '100': 'red', '010': 'green', '001': 'blue', '110': 'yellow' };
    const seen: Colour[][] = [];
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      const video = document.querySelector('video');
      if (video && video.videoWidth > 2) {
        paint.drawImage(video, 0, 0, canvas.width, canvas.height);
        const bars = [1, 3, 5, 7].map((eighth) => {
          const { data } = paint.getImageData((canvas.width * eighth) / 8, canvas.height / 2, 1, 1);
          const strengths = [...data.slice(0, 3)].map((part) => (part > 160 ? '1' : part < 90 ? '0' : '?'));
          return colours[strengths.join('')] ?? 'other';
        });
        if (!bars.includes('other') && bars.join() !== seen.at(-1)?.join()) seen.push(bars);
        if (seen.length === 3) return seen;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no moving colours within ${limitMs} ms, only ${JSON.stringify(seen)}`);
  }, withinMs);
}

/**
 * Waits until the loudest of the viewer's sound on one side is this tone, give or take a twentieth: a capture of a tab follows the clocks of a busy computer, and
 * a receiver finds out how much to hold in reserve; both move the pitch by some Hz for as long as it takes.
 * @returns what was heard, in Hz.
 * @throws Error when it stays silent or another tone, or the viewer plays it to nobody.
 */
export function hearsTone(viewer: Page, wantedHz: number, side: 'left' | 'right' = 'left'): Promise<number> {
  return viewer.evaluate(
    async (hz, limitMs, audibleDb, channel) => {
      const context = new AudioContext();
      const both = new GainNode(context, { channelCount: 2, channelCountMode: 'explicit' });
      const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
      // 32768 samples at 48 kHz: bins of 1.5 Hz.
      const analyser = new AnalyserNode(context, { fftSize: 32_768, smoothingTimeConstant: 0 });
      both.connect(splitter).connect(analyser, channel);
      const windowSeconds = analyser.fftSize / context.sampleRate;
      const bins = new Float32Array(analyser.frequencyBinCount);
      let source: MediaStreamAudioSourceNode | undefined;
      let sinceSeconds: number | null = null;
      const deadline = performance.now() + limitMs;
      let why = 'the viewer has no sound';
      while (performance.now() < deadline) {
        const video = document.querySelector('video');
        const stream = video?.srcObject;
        if (stream instanceof MediaStream && stream.getAudioTracks().length > 0) {
          if (source?.mediaStream !== stream) {
            source?.disconnect();
            source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
            source.connect(both);
          }
          analyser.getFloatFrequencyData(bins);
          const peak = bins.indexOf(Math.max(...bins));
          const heardHz = (peak * context.sampleRate) / analyser.fftSize;
          const isPlayed = video !== null && !video.muted && !video.paused && video.volume > 0;
          const isAudible = isPlayed && (bins[peak] ?? Number.NEGATIVE_INFINITY) > audibleDb;
          why = isPlayed ? `the loudest is ${bins[peak]} dB at ${heardHz} Hz` : 'the viewer is muted or paused';
          if (!isAudible || Math.abs(heardHz - hz) > hz / 20) sinceSeconds = null;
          else sinceSeconds ??= context.currentTime;
          // Two whole windows after it was first heard: nothing of what was before is in this one.
          if (sinceSeconds !== null && context.currentTime - sinceSeconds > 2 * windowSeconds) {
            await context.close();
            return heardHz;
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no tone of ${hz} Hz within ${limitMs} ms: ${why}`);
    },
    wantedHz,
    ARRIVE_LIMIT_MS,
    AUDIBLE_DB,
    side === 'left' ? 0 : 1,
  );
}

/** Waits until the middle of the viewer's picture has this colour. @throws Error when it doesn't. */
export async function seesColour(
  viewer: Page,
  colour: readonly [red: number, green: number, blue: number],
): Promise<void> {
  await viewer.evaluate(
    async (wanted, limitMs) => {
      const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      if (!paint) throw new Error('no canvas');
      const deadline = performance.now() + limitMs;
      let seen: number[] = [];
      while (performance.now() < deadline) {
        const video = document.querySelector('video');
        if (video && video.videoWidth > 2) {
          paint.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 8, 8, 0, 0, 1, 1);
          seen = [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
          if (seen.every((part, i) => Math.abs(part - (wanted[i] ?? 0)) < 24)) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`the picture is ${seen} after ${limitMs} ms`);
    },
    colour,
    ARRIVE_LIMIT_MS,
  );
}

/** The loudest sample of the voice beside the picture, as the viewer plays it, once it is more than 0.01; less when nothing is to be heard. */
export function loudestVoice(viewer: Page): Promise<number> {
  return viewer.evaluate(async (limitMs) => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2_048 });
    const samples = new Float32Array(analyser.fftSize);
    const deadline = performance.now() + limitMs;
    let loudest = 0;
    let source: MediaStreamAudioSourceNode | undefined;
    while (performance.now() < deadline && loudest < 0.01) {
      const voice = document.querySelector('audio');
      if (voice?.srcObject instanceof MediaStream && source?.mediaStream !== voice.srcObject) {
        source = new MediaStreamAudioSourceNode(context, { mediaStream: voice.srcObject });
        source.connect(analyser);
      }
      analyser.getFloatTimeDomainData(samples);
      if (voice && !voice.muted && !voice.paused) {
        loudest = Math.max(loudest, ...samples.map((sample) => Math.abs(sample) * voice.volume));
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await context.close();
    return loudest;
  }, ARRIVE_LIMIT_MS);
}

/** Waits until the viewer hears nothing. @throws Error when it does not fall silent. */
export async function silence(viewer: Page): Promise<void> {
  await viewer.evaluate(
    async (limitMs, audibleDb) => {
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { smoothingTimeConstant: 0 });
      const stream = document.querySelector('video')?.srcObject;
      if (!(stream instanceof MediaStream)) throw new Error('the viewer shows nothing');
      context.createMediaStreamSource(stream).connect(analyser);
      const bins = new Float32Array(analyser.frequencyBinCount);
      const deadline = performance.now() + limitMs;
      let loudAt = performance.now();
      while (performance.now() < deadline) {
        analyser.getFloatFrequencyData(bins);
        const now = performance.now();
        // Before the first samples every bin is minus infinity; a second of silence is no gap.
        if (Math.max(...bins) > audibleDb) loudAt = now;
        if (now - loudAt > 1_000) return context.close();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`no silence within ${limitMs} ms`);
    },
    ARRIVE_LIMIT_MS,
    AUDIBLE_DB,
  );
}
