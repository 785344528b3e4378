/** Runs in the browser, on both sides of a media test: a source to show, and eyes and ears for what arrives. */
import type { Health } from '../../../extension/core/media/health.ts';
import { Sharer } from '../../../extension/core/media/sharer.ts';
import type { MediaStats } from '../../../extension/core/media/stats.ts';
import { Watcher } from '../../../extension/core/media/watcher.ts';
import type { Signal } from '../../../extension/core/protocol/messages.ts';

export type PageEvent =
  | { readonly kind: 'signal'; readonly viewer: string; readonly signal: Signal }
  | { readonly kind: 'watching'; readonly watching: boolean }
  | { readonly kind: 'ended' }
  | { readonly kind: 'state'; readonly state: Health }
  | { readonly kind: 'stream' }
  | { readonly kind: 'error'; readonly code: string };

export interface Source {
  readonly colour: string;
  /** Null: a source without sound. */
  readonly toneHz: number | null;
}

declare global {
  /** Hands an event to the test. */
  var emit: (event: PageEvent) => Promise<void>;
  var media: typeof api;
}

const WIDTH = 640;
const HEIGHT = 360;
const FFT_SIZE = 8_192;

let sharer: Sharer | undefined;
let watcher: Watcher | undefined;
let source: MediaStream | undefined;
let analyser: AnalyserNode | undefined;

/** A canvas of one colour with a moving white square in its lower right quarter, and a sine. */
function makeSource({ colour, toneHz }: Source): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  let step = 0;
  setInterval(() => {
    step += 4;
    context.fillStyle = colour;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = '#fff';
    context.fillRect(WIDTH / 2 + (step % (WIDTH / 2 - 20)), HEIGHT - 40, 20, 20);
  }, 33);
  const stream = canvas.captureStream();
  if (toneHz !== null) {
    const audio = new AudioContext();
    const destination = audio.createMediaStreamDestination();
    const tone = new OscillatorNode(audio, { frequency: toneHz });
    tone.connect(new GainNode(audio, { gain: 0.3 })).connect(destination);
    tone.start();
    for (const track of destination.stream.getTracks()) stream.addTrack(track);
  }
  return stream;
}

const api = {
  share(from: Source): void {
    source = makeSource(from);
    sharer = new Sharer({
      stream: source,
      iceServers: [],
      send: (viewer, signal) => void emit({ kind: 'signal', viewer, signal }),
      onWatching: (watching) => void emit({ kind: 'watching', watching }),
      onEnded: () => void emit({ kind: 'ended' }),
      onError: (error) => void emit({ kind: 'error', code: error.code }),
    });
  },
  viewerCame: (viewer: string) => sharer?.watch(viewer),
  viewerLeft: (viewer: string) => sharer?.leave(viewer),
  toSharer: (viewer: string, signal: Signal) => sharer?.receive(viewer, signal),
  stopSharing: () => sharer?.close(),
  /** What happens to the track when the captured tab is closed. */
  endSource(): void {
    for (const track of source?.getVideoTracks() ?? []) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  },
  sourceStates: () => source?.getTracks().map((track) => track.readyState) ?? [],

  watch(viewer: string): void {
    watcher = new Watcher({
      iceServers: [],
      send: (signal) => void emit({ kind: 'signal', viewer, signal }),
      onState: (state) => void emit({ kind: 'state', state }),
      onError: (error) => void emit({ kind: 'error', code: error.code }),
      onStream: (stream) => {
        const video = Object.assign(document.createElement('video'), { autoplay: true, srcObject: stream });
        document.body.replaceChildren(video);
        void emit({ kind: 'stream' });
      },
    });
  },
  toWatcher: (signal: Signal) => watcher?.receive(signal),
  stopWatching: () => watcher?.close(),
  stats: (): Promise<MediaStats> | undefined => watcher?.stats(),

  /** Average red, green and blue in the upper left quarter of what is on screen, or null before the first picture. */
  seen(): [number, number, number] | null {
    const video = document.querySelector('video');
    if (!video || video.readyState < video.HAVE_CURRENT_DATA) return null;
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(video, 0, 0, video.videoWidth / 2, video.videoHeight / 2, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  },
  /** Counts up as long as new pictures arrive. */
  framesSeen: () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
  /** The strongest frequency heard, or null in silence. */
  heard(): number | null {
    const stream = document.querySelector('video')?.srcObject;
    if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return null;
    if (!analyser) {
      const context = new AudioContext();
      analyser = new AnalyserNode(context, { fftSize: FFT_SIZE });
      context.createMediaStreamSource(stream).connect(analyser);
    }
    const decibels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(decibels);
    const peak = decibels.indexOf(Math.max(...decibels));
    return (decibels[peak] ?? -Infinity) > -60 ? (peak * analyser.context.sampleRate) / FFT_SIZE : null;
  },
};

globalThis.media = api;
