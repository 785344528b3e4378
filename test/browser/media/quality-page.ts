/** Runs in the browser: captures a tab, shares it with itself, and remembers what the sharer made of it and what the watcher got. */
import { pickSource } from '../../../extension/core/media/capture.ts';
import type { Content, Wish } from '../../../extension/core/media/quality/settings.ts';
import { Sharer } from '../../../extension/core/media/sharer.ts';
import { Watcher } from '../../../extension/core/media/watcher.ts';
import type { Signal } from '../../../extension/core/protocol/messages.ts';

declare global {
  /** Hands a signal to the test. */
  var carry: (signal: Signal) => Promise<void>;
  var quality: typeof api;
}

interface Sent {
  readonly contentHint: string | undefined;
  readonly degradationPreference: RTCDegradationPreference | undefined;
}

let sharer: Sharer | undefined;
let stream: MediaStream | undefined;
let sender: RTCRtpSender | undefined;
let still: Blob | null = null;
let stills = 0;
let content: Content | null = null;
let trouble: string | null = null;
const troubles: (string | null)[] = [];

// The sharer keeps its connection to itself; what it tells the encoder is seen here.
const addTransceiver = RTCPeerConnection.prototype.addTransceiver;
RTCPeerConnection.prototype.addTransceiver = function (track, init) {
  const transceiver = addTransceiver.call(this, track, init);
  if (transceiver.sender.track?.kind === 'video') sender = transceiver.sender;
  return transceiver;
};

const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true });
document.body.append(video);

let watcher: Watcher | undefined;
const nothing = () => undefined;

/** Captures the tab that the browser was started to capture, and offers it to one viewer. */
async function startSharing(send: (signal: Signal) => void): Promise<void> {
  stream = await pickSource();
  sharer = new Sharer({
    stream,
    iceServers: () => [],
    rttMs: () => null,
    send: (_, signal) => send(signal),
    onWatching: nothing,
    onHealth: nothing,
    onAnswered: nothing,
    onEnded: nothing,
    onError: nothing,
    onPointer: nothing,
    onPeerVoice: nothing,
    onTrouble: (now) => {
      trouble = now;
      troubles.push(now);
    },
    onContent: (now) => {
      content = now;
    },
  });
  sharer.watch('viewer');
}

function startWatching(send: (signal: Signal) => void): Watcher {
  return new Watcher({
    iceServers: () => [],
    send,
    onStream: (arrived) => {
      video.srcObject = arrived;
    },
    onVoice: nothing,
    onState: nothing,
    onError: nothing,
    onStill: (arrived) => {
      still = arrived;
      if (!arrived) return;
      stills++;
    },
  });
}

const api = {
  /** Shares with itself. */
  async share(): Promise<void> {
    const watching = startWatching((signal) => void sharer?.receive('viewer', signal));
    await startSharing((signal) => void watching.receive(signal));
  },
  /** Shares with another page, to which the test carries the signals. */
  shareApart: () => startSharing((signal) => void carry(signal)),
  watchApart(): void {
    watcher = startWatching((signal) => void carry(signal));
  },
  take: (signal: Signal) => watcher?.receive(signal) ?? sharer?.receive('viewer', signal),
  wish: (wish: Wish) => sharer?.setQuality(wish),
  /** The viewer asks again, as one whose page was loaded anew. */
  watchAgain: () => sharer?.watch('viewer'),
  pause: (on: boolean) => sharer?.pause(on),
  sent: (): Sent => ({
    contentHint: sender?.track?.contentHint,
    degradationPreference: sender?.getParameters().degradationPreference,
  }),
  content: () => content,
  trouble: () => trouble,
  troubles: () => troubles,
  /** What the browser does with a window that was minimised. */
  mute(on: boolean): void {
    for (const track of stream?.getVideoTracks() ?? [])
      Object.defineProperty(track, 'muted', { value: on, configurable: true });
  },
  hasStill: () => still !== null,
  /** How many have arrived so far. */
  stills: () => stills,
  framesSeen: () => video.getVideoPlaybackQuality().totalVideoFrames,
  /** How many more arrive in the time to come, in milliseconds. */
  framesWithin(ms: number): Promise<number> {
    const before = api.framesSeen();
    return new Promise((resolve) => setTimeout(() => resolve(api.framesSeen() - before), ms));
  },
  videoSize: () => [video.videoWidth, video.videoHeight],
  /** Red, green and blue in the four corners of the video, and in the middles of its edges. */
  edges(): number[][] {
    const [width, height] = [video.videoWidth, video.videoHeight];
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(video, 0, 0);
    const places = [4, 0.5, -4].flatMap((x) => [4, 0.5, -4].map((y) => [x, y] as const));
    const at = (place: number, size: number) => (place === 0.5 ? size / 2 : (place + size) % size);
    return places
      .filter(([x, y]) => x !== 0.5 || y !== 0.5)
      .map(([x, y]) => [...context.getImageData(at(x, width), at(y, height), 1, 1).data.slice(0, 3)]);
  },
  /** How alike the still that lies over the video, if one does, and a photograph of the source (PNG, base64) are, by SSIM. */
  async stillLikeness(photograph: string): Promise<number> {
    if (!still) return 0;
    return ssim(
      await brightness(still),
      await brightness(await (await fetch(`data:image/png;base64,${photograph}`)).blob()),
    );
  },
  /** The same of whatever is on top. */
  seenLikeness: (photograph: string): Promise<number> =>
    still ? api.stillLikeness(photograph) : api.videoLikeness(photograph),
  /** The same of the video alone. */
  async videoLikeness(photograph: string): Promise<number> {
    if (video.readyState < video.HAVE_CURRENT_DATA) return 0;
    const source = await brightness(await (await fetch(`data:image/png;base64,${photograph}`)).blob());
    return ssim(await brightness(video), source);
  },
};

interface Brightness {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

async function brightness(picture: Blob | HTMLVideoElement): Promise<Brightness> {
  const bitmap = await createImageBitmap(picture);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const part = (at: number) => data[at] ?? 0;
  const values = Float32Array.from(
    { length: width * height },
    (_, i) => 0.299 * part(4 * i) + 0.587 * part(4 * i + 1) + 0.114 * part(4 * i + 2),
  );
  return { width, height, values };
}

/** Structural similarity (Wang et al. 2004) in windows of 8 x 8; 0 for pictures of different sizes. */
function ssim(a: Brightness, b: Brightness): number {
  if (a.width !== b.width || a.height !== b.height) return 0;
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + 8 <= a.height; top += 4) {
    for (let left = 0; left + 8 <= a.width; left += 4) {
      let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
      for (let row = top; row < top + 8; row++) {
        for (let at = row * a.width + left; at < row * a.width + left + 8; at++) {
          const [x, y] = [a.values[at] ?? 0, b.values[at] ?? 0];
          sumA += x;
          sumB += y;
          squaresA += x * x;
          squaresB += y * y;
          products += x * y;
        }
      }
      const [meanA, meanB] = [sumA / 64, sumB / 64];
      const covariance = products / 64 - meanA * meanB;
      const variances = squaresA / 64 - meanA ** 2 + squaresB / 64 - meanB ** 2;
      sum += ((2 * meanA * meanB + c1) * (2 * covariance + c2)) / ((meanA ** 2 + meanB ** 2 + c1) * (variances + c2));
      windows++;
    }
  }
  return sum / windows;
}

globalThis.quality = api;
