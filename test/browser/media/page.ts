/** Runs in the browser, on both sides of a media test: a source to show, and eyes and ears for what arrives. */
import type { Health } from '../../../extension/core/media/health.ts';
import type { PointerAction } from '../../../extension/core/media/pointer-gate.ts';
import type { Content } from '../../../extension/core/media/quality/settings.ts';
import { Sharer } from '../../../extension/core/media/sharer.ts';
import type { MediaStats } from '../../../extension/core/media/stats.ts';
import { Watcher } from '../../../extension/core/media/watcher.ts';
import type { MediaSignal, Signal } from '../../../extension/core/protocol/messages.ts';
import { Ear } from './ear.ts';
import { colourOf, firstPixel, makeSource, makeVoice, type Source } from './source.ts';

type Pixel = readonly [red: number, green: number, blue: number];

export type PageEvent =
  | { readonly kind: 'signal'; readonly viewer: string; readonly signal: Signal }
  | { readonly kind: 'watching'; readonly watching: boolean }
  | { readonly kind: 'health'; readonly health: Health | null }
  | { readonly kind: 'ended' }
  | { readonly kind: 'state'; readonly state: Health }
  | { readonly kind: 'stream' }
  | { readonly kind: 'pointer'; readonly action: PointerAction }
  | { readonly kind: 'peer-voice'; readonly on: boolean }
  | { readonly kind: 'voice'; readonly on: boolean }
  | {
      readonly kind: 'still';
      readonly size: readonly [width: number, height: number] | null;
      readonly colour: Pixel | null;
    }
  | { readonly kind: 'trouble'; readonly trouble: string | null }
  | { readonly kind: 'content'; readonly content: Content }
  | { readonly kind: 'error'; readonly code: string };

declare global {
  /** Hands an event to the test. */
  var emit: (event: PageEvent) => Promise<void>;
  var media: typeof api;
}

let sharer: Sharer | undefined;
let watcher: Watcher | undefined;
/** Of every source that was ever handed to the sharer. */
const given: MediaStreamTrack[] = [];
let source: MediaStream | undefined;
let ear: Ear | undefined;
let voiceEar: Ear | undefined;
let ownVoice: MediaStreamTrack | null = null;
let iceServers: RTCIceServer[] = [];
let stillestMs = 0;

/** Remembered, so that a test can ask what has become of it. */
function give(from: Source): MediaStream {
  source = makeSource(from);
  given.push(...source.getTracks());
  return source;
}

/** The newest data channel of each name in this page, and the newest connection. */
const channels = new Map<string, RTCDataChannel>();
let connection: RTCPeerConnection | undefined;
const connections: RTCPeerConnection[] = [];
const createDataChannel = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (name, options) {
  const channel = createDataChannel.call(this, name, options);
  channels.set(name, channel);
  connection = this;
  connections.push(this);
  return channel;
};

/** What the page plays by itself. */
const played: HTMLAudioElement[] = [];
globalThis.Audio = class extends Audio {
  constructor() {
    super();
    played.push(this);
  }
};

const api = {
  /** STUN and TURN from now on. */
  useIceServers(list: RTCIceServer[]): void {
    iceServers = list;
  },
  share(from: Source): void {
    sharer = new Sharer({
      stream: give(from),
      iceServers: () => iceServers,
      rttMs: () => null,
      send: (viewer, signal) => void emit({ kind: 'signal', viewer, signal }),
      onWatching: (watching) => void emit({ kind: 'watching', watching }),
      onHealth: (health) => void emit({ kind: 'health', health }),
      onAnswered: () => undefined,
      onEnded: () => void emit({ kind: 'ended' }),
      onError: (error) => void emit({ kind: 'error', code: error.code }),
      onPointer: (action) => void emit({ kind: 'pointer', action }),
      onPeerVoice: (on) => void emit({ kind: 'peer-voice', on }),
      onTrouble: (trouble) => void emit({ kind: 'trouble', trouble }),
      onContent: (content) => void emit({ kind: 'content', content }),
    });
  },
  hasOffer: () => connection?.localDescription?.type === 'offer',
  /** Of every connection that this page has made as a sharer, in order. */
  connectionStates: () => connections.map(({ signalingState }) => signalingState),
  replace: (from: Source) => sharer?.replace(give(from)),
  pause: (on: boolean) => sharer?.pause(on),
  setSound: (on: boolean) => sharer?.setSound(on),
  /** Null: the microphone is off. */
  speak(toneHz: number | null): void {
    const voice = toneHz === null ? null : makeVoice(toneHz);
    sharer?.setVoice(voice);
    ownVoice?.stop();
    ownVoice = voice;
    watcher?.setVoice(voice);
  },
  voiceState: () => ownVoice?.readyState ?? null,
  findPath: () => sharer?.findPath(),
  viewerCame: (viewer: string) => sharer?.watch(viewer),
  viewerLeft: (viewer: string) => sharer?.leave(viewer),
  toSharer: (viewer: string, signal: MediaSignal) => sharer?.receive(viewer, signal),
  stopSharing: () => sharer?.close(),
  /** What happens to the track when the captured tab is closed. */
  endSource(): void {
    for (const track of source?.getVideoTracks() ?? []) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  },
  /** Of every track that the sharer was given, in order. */
  givenStates: () => given.map((track) => track.readyState),

  watch(viewer: string): void {
    ear = undefined;
    watcher = new Watcher({
      iceServers: () => iceServers,
      send: (signal) => void emit({ kind: 'signal', viewer, signal }),
      onState: (state) => void emit({ kind: 'state', state }),
      onError: (error) => void emit({ kind: 'error', code: error.code }),
      onStream: (stream) => {
        const video = Object.assign(document.createElement('video'), { autoplay: true, srcObject: stream });
        document.body.replaceChildren(video);
        void emit({ kind: 'stream' });
      },
      onVoice: (stream) => {
        const audio = Object.assign(new Audio(), { autoplay: true, srcObject: stream });
        voiceEar = stream ? new Ear(stream) : undefined;
        document.querySelector('audio')?.remove();
        document.body.append(audio);
        void emit({ kind: 'voice', on: stream !== null });
      },
      onStill: async (still) => {
        const picture = still && (await createImageBitmap(still));
        void emit({
          kind: 'still',
          size: picture && [picture.width, picture.height],
          colour: picture && firstPixel(picture),
        });
      },
    });
  },
  toWatcher: (signal: Signal) => watcher?.receive(signal),
  tell: (action: PointerAction) => watcher?.tell(action),
  /** Whether what is told beside picture and sound is on its way at once: before, it is lost. */
  canTell: () => channels.get('side')?.readyState === 'open',
  /** What only a viewer page that is not ours would send beside picture and sound. */
  say: (data: string | ArrayBuffer) => channels.get('side')?.send(data as string),
  /** What only a page that is not ours would do: sends another picture than those that belong to a share. Resolves once it was answered. */
  async sendMore(from: Source): Promise<RTCRtpTransceiverDirection | null> {
    const [track] = makeSource(from).getVideoTracks();
    const sending = track && connection?.addTransceiver(track, { direction: 'sendonly' });
    if (!connection || !sending) throw new Error('nothing to send with');
    const calm = connection;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (calm.signalingState === 'stable' && sending.mid !== null) resolve();
      };
      calm.addEventListener('signalingstatechange', look);
    });
    return sending.currentDirection;
  },
  stopWatching: () => watcher?.close(),
  stats: (): Promise<MediaStats> | undefined => watcher?.stats(),

  seen: () => colourOf(document.querySelector('video')),
  /** The longest time without a new picture, from the call on until `stillness` is asked for. */
  watchStillness(): void {
    const video = document.querySelector('video');
    stillestMs = 0;
    let lastMs = performance.now();
    const next = () => {
      stillestMs = Math.max(stillestMs, performance.now() - lastMs);
      lastMs = performance.now();
      video?.requestVideoFrameCallback(next);
    };
    video?.requestVideoFrameCallback(next);
  },
  stillness: () => stillestMs,
  /** STUN and TURN that the newest connection uses. */
  servers: () => connection?.getConfiguration().iceServers ?? [],
  /** Counts up as long as new pictures arrive. */
  framesSeen: () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
  /** The strongest frequencies heard left and right, null where there is silence. */
  heard(): readonly (number | null)[] {
    const stream = document.querySelector('video')?.srcObject;
    if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return [null, null];
    ear ??= new Ear(stream);
    return ear.hears();
  },
  /** The same of the sharer's voice. */
  voiceHeard: () => voiceEar?.hears() ?? [null, null],
  /** The same of the viewer's voice, as the sharer plays it. */
  peerHeard(): readonly (number | null)[] {
    const stream = played.at(-1)?.srcObject;
    if (!(stream instanceof MediaStream)) return [null, null];
    ear ??= new Ear(stream);
    return ear.hears();
  },
};

globalThis.media = api;
