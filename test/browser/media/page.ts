/** Runs in the browser, on both sides of a media test: a source to show, and eyes and ears for what arrives. */
import type { Health } from '../../../extension/core/media/health.ts';
import { Sharer } from '../../../extension/core/media/sharer.ts';
import type { MediaStats } from '../../../extension/core/media/stats.ts';
import { Watcher } from '../../../extension/core/media/watcher.ts';
import type { Signal } from '../../../extension/core/protocol/messages.ts';
import { colourOf, makeSource, type Source } from './source.ts';

export type PageEvent =
  | { readonly kind: 'signal'; readonly viewer: string; readonly signal: Signal }
  | { readonly kind: 'watching'; readonly watching: boolean }
  | { readonly kind: 'ended' }
  | { readonly kind: 'state'; readonly state: Health }
  | { readonly kind: 'stream' }
  | { readonly kind: 'error'; readonly code: string };

declare global {
  /** Hands an event to the test. */
  var emit: (event: PageEvent) => Promise<void>;
  var media: typeof api;
}

const FFT_SIZE = 8_192;

let sharer: Sharer | undefined;
let watcher: Watcher | undefined;
let source: MediaStream | undefined;
let analyser: AnalyserNode | undefined;

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

  seen: () => colourOf(document.querySelector('video')),
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
