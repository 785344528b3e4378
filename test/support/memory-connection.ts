import { createHash, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { DataConnection } from 'peerjs';

/** What the certificate of one end is, as a description names it. */
const fingerprint = (certificate: Uint8Array): string =>
  createHash('sha256')
    .update(certificate)
    .digest('hex')
    .toUpperCase()
    .replace(/..(?!$)/g, '$&:');

/** One end of a WebRTC connection as PeerJS gives it, in this process. */
export interface MemoryConnection {
  readonly connection: DataConnection;
  readonly connectionId: string;
  /** The description that this end makes of itself. */
  readonly sdp: string;
  readonly isClosed: boolean;
  /** It knows both descriptions, and looks for a way. */
  signalled(): void;
  /** Its channels open: whoever waits goes on. */
  opens(): void;
  /** The browser has looked for ways and found none, or these. */
  gathered(...types: ('host' | 'srflx' | 'relay')[]): void;
  /** Nothing that this end sends arrives any more, and nobody is told; or it does again. */
  mute(isMute?: boolean): void;
  /** What this end sends takes so long from now on. */
  delays(ms: number): void;
}

/** Two ends that know each other. `dials` is the id of the one who dials, `waits` of the other. */
export function createMemoryConnections(dials: string, waits: string): [MemoryConnection, MemoryConnection] {
  const connectionId = `dc_${randomUUID()}`;
  const a = new MemoryEnd(connectionId, waits);
  const b = new MemoryEnd(connectionId, dials);
  a.join(b);
  b.join(a);
  return [a, b];
}

/** The way from one end to the other. */
interface Line {
  isMute: boolean;
  delayMs: number;
}

/** The browser's connection, with what a direct link reads of it. */
class MemoryPeerConnection extends EventTarget {
  readonly #line: Line;
  connectionState: RTCPeerConnectionState = 'new';
  signalingState: RTCSignalingState = 'have-local-offer';
  iceConnectionState: RTCIceConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  isRelayed = false;
  sctp: object | null = null;
  control: MemoryChannel | undefined;

  constructor(line: Line) {
    super();
    this.#line = line;
  }

  createDataChannel(): MemoryChannel {
    this.control = new MemoryChannel(this.#line);
    return this.control;
  }

  async getStats(): Promise<Map<string, object>> {
    const candidateType = this.isRelayed ? 'relay' : 'host';
    return new Map<string, object>([
      ['t', { id: 't', type: 'transport', selectedCandidatePairId: 'p' }],
      ['p', { id: 'p', type: 'candidate-pair', localCandidateId: 'c', remoteCandidateId: 'c' }],
      ['c', { id: 'c', type: 'candidate', candidateType }],
    ]);
  }
}

class MemoryChannel extends EventTarget {
  readonly #line: Line;
  readyState: RTCDataChannelState = 'connecting';
  binaryType = 'arraybuffer';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  /** Takes what is sent at the other end. */
  deliver: (data: ArrayBuffer) => void = () => {};

  constructor(line: Line) {
    super();
    this.#line = line;
  }

  send(bytes: Uint8Array): void {
    const data = bytes.slice().buffer as ArrayBuffer;
    const arrive = () => {
      if (!this.#line.isMute && this.readyState === 'open') this.deliver(data);
    };
    if (this.#line.delayMs === 0) queueMicrotask(arrive);
    else setTimeout(arrive, this.#line.delayMs);
  }

  become(state: 'open' | 'closed'): void {
    if (this.readyState === state) return;
    this.readyState = state;
    this.dispatchEvent(new Event(state === 'open' ? 'open' : 'close'));
  }
}

class MemoryEnd extends EventEmitter implements MemoryConnection {
  readonly connectionId: string;
  readonly peer: string;
  readonly peerConnection: MemoryPeerConnection;
  readonly dataChannel: MemoryChannel;
  readonly connection = this as unknown as DataConnection;
  readonly sdp: string;
  isClosed = false;
  readonly #certificate: Uint8Array;
  readonly #line: Line = { isMute: false, delayMs: 0 };
  #other: MemoryEnd | undefined;
  #isOpen = false;

  constructor(connectionId: string, peer: string) {
    super();
    this.connectionId = connectionId;
    this.peer = peer;
    this.peerConnection = new MemoryPeerConnection(this.#line);
    this.dataChannel = new MemoryChannel(this.#line);
    this.#certificate = crypto.getRandomValues(new Uint8Array(32));
    this.sdp = `v=0\r\na=fingerprint:sha-256 ${fingerprint(this.#certificate)}\r\n`;
  }

  /** As PeerJS has it. */
  get open(): boolean {
    return this.#isOpen;
  }

  join(other: MemoryEnd): void {
    this.#other = other;
    this.dataChannel.deliver = (data) => other.emit('data', data);
    const getRemoteCertificates = () => [other.#certificate];
    this.peerConnection.sctp = { transport: { getRemoteCertificates } };
  }

  signalled(): void {
    this.peerConnection.signalingState = 'stable';
    this.peerConnection.iceConnectionState = 'checking';
  }

  opens(): void {
    if (this.isClosed) return;
    const { control } = this.peerConnection;
    if (!control) throw new Error('Nobody has made the control channel.');
    control.deliver = (data) =>
      this.#other?.peerConnection.control?.dispatchEvent(new MessageEvent('message', { data }));
    this.#isOpen = true;
    this.dataChannel.become('open');
    control.become('open');
    this.emit('open');
  }

  gathered(...types: ('host' | 'srflx' | 'relay')[]): void {
    for (const type of types) {
      const candidate = { candidate: 'candidate:1', protocol: 'udp', type };
      this.peerConnection.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
    }
    this.peerConnection.iceGatheringState = 'complete';
    this.peerConnection.dispatchEvent(new Event('icegatheringstatechange'));
  }

  mute(isMute = true): void {
    this.#line.isMute = isMute;
  }

  delays(ms: number): void {
    this.#line.delayMs = ms;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#isOpen = false;
    this.dataChannel.become('closed');
    this.peerConnection.control?.become('closed');
    this.emit('close');
    if (!this.#line.isMute) queueMicrotask(() => this.#other?.close());
  }
}
