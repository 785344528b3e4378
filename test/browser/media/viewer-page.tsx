/** Runs in the browser: the viewer page in a plain page, with the sharer in the same one and the test in the place of the offscreen document. */
import { render } from 'preact';
import type { Path } from '../../../extension/core/link/link.ts';
import type { PointerAction } from '../../../extension/core/media/pointer-gate.ts';
import { Sharer } from '../../../extension/core/media/sharer.ts';
import type { AppState, IncomingShare } from '../../../extension/core/session/state.ts';
import type { ViewerDown, ViewerUp } from '../../../extension/messaging/viewer-messages.ts';
import { ViewerModel } from '../../../extension/ui/viewer/model.ts';
import { Viewer } from '../../../extension/ui/viewer/viewer.tsx';
import { makeSource, type Source } from './source.ts';
import '../../../extension/ui/styles/tokens.css';
import '../../../extension/ui/styles/base.css';
import '../../../extension/ui/styles/buttons.css';
import '../../../extension/ui/styles/peer.css';
import '../../../extension/ui/viewer/viewer.css';

declare global {
  var host: typeof api;
}

const PEER_ID = 'bobbobbobbobbobbobbobb';
const SHARE_ID = 'shareshareshareshares1';
const MINUTE_MS = 60_000;

const listeners = new Set<(message: ViewerDown) => void>();
const closeListeners = new Set<() => void>();
let tellState: (state: AppState | null) => void = () => undefined;
let sharer: Sharer | undefined;
let watches = 0;
let isOpen = false;
let share: IncomingShare = {
  shareId: SHARE_ID,
  peerId: PEER_ID,
  title: 'Tide tables for the harbour',
  hasAudio: true,
  source: 'tab',
  page: null,
  pause: null,
  trouble: null,
  pointing: true,
  startedAt: 0,
  status: 'watching',
};

/** A page of text that stands still, until its colour is changed. */
function makeStanding(): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const draw = () => {
    context.fillStyle = api.paper;
    context.fillRect(0, 0, 640, 360);
    context.fillStyle = '#12343a';
    context.font = '15px sans-serif';
    for (let line = 1; line < 20; line++)
      context.fillText(`${line}  Tides this week, above chart datum`, 24, line * 18);
  };
  // As a captured tab: pictures keep coming, all the same.
  setInterval(draw, 100);
  draw();
  return canvas.captureStream();
}

/** What is told beside picture and sound goes through these: of sharer and viewer, for each connection. */
const sideChannels: RTCDataChannel[] = [];
const { createDataChannel } = RTCPeerConnection.prototype;
RTCPeerConnection.prototype.createDataChannel = function (name, options) {
  const channel = createDataChannel.call(this, name, options);
  sideChannels.push(channel);
  return channel;
};

const say = (message: ViewerDown) => {
  for (const listener of listeners) listener(message);
};

const received = (message: ViewerUp) => {
  if (message.type === 'watch') api.ready();
  else if (message.type === 'signal') void sharer?.receive(String(watches), message.signal);
};

const api = {
  left: false,
  /** What the sharer heard of the viewer's pointer. */
  pointed: [] as PointerAction[],
  /** Whether the page has said that it captures the microphone. */
  microphoneOn: false,
  /** Whether the sharer hears the viewer's voice. */
  peerVoice: false,
  saved: [] as { name: string; file: Blob }[],
  opened: [] as string[],
  letters: true,
  /** The way of the session, which is not the picture's. */
  sessionPath: 'direct' as Path,
  sharer: () => sharer,
  /** Whether what is told beside picture and sound is on its way at once: before, it is lost. */
  canTell(): boolean {
    const newest = sideChannels.slice(-2);
    return newest.length === 2 && newest.every(({ readyState }) => readyState === 'open');
  },

  /** What a standing source is painted on. */
  paper: '#ffffff',

  open(source: Source | 'standing' | null): void {
    if (source) {
      sharer = new Sharer({
        stream: source === 'standing' ? makeStanding() : makeSource(source),
        iceServers: () => [],
        rttMs: () => null,
        send: (viewer, signal) => {
          if (viewer === String(watches)) say({ type: 'signal', signal });
        },
        onWatching: () => undefined,
        onHealth: () => undefined,
        onAnswered: () => undefined,
        onEnded: () => undefined,
        onError: () => undefined,
        onPointer: (action) => void api.pointed.push(action),
        onPeerVoice: (on) => {
          api.peerVoice = on;
        },
        onTrouble: () => undefined,
        onContent: () => undefined,
      });
    }
    const model = new ViewerModel({
      port: {
        send: received,
        setMicrophone: (on) => {
          api.microphoneOn = on;
        },
        onMessage: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        onClose: (listener) => {
          closeListeners.add(listener);
          return () => closeListeners.delete(listener);
        },
      },
      peerId: PEER_ID,
      shareId: SHARE_ID,
      followState: (onState) => {
        tellState = onState;
        return () => undefined;
      },
      hasLetters: () => api.letters,
      save: (file, name) => void api.saved.push({ file, name }),
      openPage: (url) => void api.opened.push(url),
      leave: () => {
        api.left = true;
      },
    });
    render(<Viewer model={model} />, document.body);
    isOpen = true;
    api.knowShare(true);
  },

  /** What the offscreen document does with each new `watch`. */
  ready(): void {
    watches++;
    say({ type: 'ready', iceServers: [] });
    sharer?.watch(String(watches));
  },

  say,

  losePort(): void {
    for (const listener of closeListeners) listener();
  },

  /** The sharer says something new about the share. */
  describe(change: Partial<IncomingShare>): void {
    share = { ...share, ...change };
    if (isOpen) api.knowShare(true);
  },

  knowShare(known: boolean): void {
    const startedAt = Date.now() - 4 * MINUTE_MS - 12_000;
    tellState({
      me: { id: 'alicealicealicealicea1', name: 'Alice' },
      settings: { downloadFolder: 'Pairwise', keepPartialsDays: 7, pauseOnPassword: true, pauseOnNavigation: false },
      server: { url: 'http://127.0.0.1:9000', status: 'online', kind: 'pairwise', problem: null, services: null },
      pairing: { step: 'idle' },
      peers: [
        {
          id: PEER_ID,
          name: 'Bob',
          presence: 'online',
          lastSeenAt: null,
          connection: { state: 'connected', path: api.sessionPath, rttMs: 12 },
          typing: false,
          unread: 0,
          words: ['river', 'candle', 'orbit', 'velvet', 'ladder', 'pepper'],
          blocked: false,
          acceptUpToBytes: null,
          timeline: [],
          hasOlder: false,
        },
      ],
      outgoingShare: null,
      incomingShares: known ? [{ ...share, startedAt }] : [],
      asks: [],
      fetches: [],
      notices: [],
    });
  },
};

globalThis.host = api;
