/** Runs in the browser: a source whose one picture came before anybody looked, shared with a watcher in the same page. */
import { askForFrame } from '../../../extension/core/media/fresh-frame.ts';
import { Sharer } from '../../../extension/core/media/sharer.ts';
import { Watcher } from '../../../extension/core/media/watcher.ts';
import type { Signal } from '../../../extension/core/protocol/messages.ts';
import { colourOf } from './source.ts';

declare global {
  var fresh: typeof api;
}

const WIDTH = 640;
const HEIGHT = 360;
const nothing = () => undefined;

let track: MediaStreamTrack | undefined;
let lastFrameMs = performance.now();
let frames = 0;
let held: (() => void)[] | null = [];

/** Whether a signal waits is up to the test: a way to the other side may take its time. */
function carry(deliver: () => unknown): void {
  if (held) held.push(deliver);
  else deliver();
}

/** Counts what the source delivers, to whomever. */
async function count(source: MediaStreamTrack): Promise<void> {
  const reader = new MediaStreamTrackProcessor({ track: source, maxBufferSize: 1 }).readable.getReader();
  for (;;) {
    const { value: frame } = await reader.read();
    if (!frame) return;
    frame.close();
    frames += 1;
    lastFrameMs = performance.now();
  }
}

const api = {
  /** Paints once, and never again. */
  paint(colour: string): void {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const context = canvas.getContext('2d');
    // Without a rate of its own only what is asked for comes.
    track = canvas.captureStream(0).getVideoTracks()[0];
    if (!context || !track) throw new Error('no canvas');
    void count(track.clone());
    (track as CanvasCaptureMediaStreamTrack).requestFrame();
    context.fillStyle = colour;
    context.fillRect(0, 0, WIDTH, HEIGHT);
  },
  frames: () => frames,
  silentMs: () => performance.now() - lastFrameMs,
  ask: () => track && askForFrame(track),
  /** Shares it with a watcher in this page, whose signals wait. */
  share(): void {
    if (!track) throw new Error('nothing is painted');
    const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true });
    document.body.append(video);
    const watcher = new Watcher({
      iceServers: () => [],
      send: (signal: Signal) => carry(() => sharer.receive('viewer', signal)),
      onStream: (stream) => {
        video.srcObject = stream;
      },
      // Only the video is looked at.
      onStill: nothing,
      onVoice: nothing,
      onState: nothing,
      onError: nothing,
    });
    const sharer = new Sharer({
      stream: new MediaStream([track]),
      iceServers: () => [],
      rttMs: () => null,
      send: (_, signal) => carry(() => watcher.receive(signal)),
      onWatching: nothing,
      onHealth: nothing,
      onAnswered: nothing,
      onEnded: nothing,
      onError: nothing,
      onPointer: nothing,
      onPeerVoice: nothing,
      onTrouble: nothing,
      onContent: nothing,
    });
    sharer.watch('viewer');
  },
  /** They find each other from now on. */
  connect(): void {
    const waiting = held ?? [];
    held = null;
    for (const deliver of waiting) deliver();
  },
  seen: () => colourOf(document.querySelector('video')),
};

globalThis.fresh = api;
