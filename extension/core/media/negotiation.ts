import type { Signal } from '../protocol/messages.ts';
import { AppError } from '../shared/errors.ts';

export interface NegotiationOptions {
  readonly connection: RTCPeerConnection;
  /** When both sides offer at once the polite one gives way. Exactly one of the two is polite. */
  readonly polite: boolean;
  /** Changes this side's answers before they count. */
  adapt?(sdp: string): string;
  /** Changes the other side's answers before they count. */
  adaptAnswer?(sdp: string): string;
  /** Hands a signal to the other side: in order, each once. */
  send(signal: Signal): void;
  /** `message-invalid`: the other side's signal was refused. `share-unreachable`: this side could not make an offer. */
  onError(error: AppError): void;
}

/** Chromium gathers far fewer for one generation; the bound is against a peer that never sends its description. */
const MAX_EARLY_CANDIDATES = 64;

const asItIs = (sdp: string) => sdp;

const UFRAG_OF_CANDIDATE = / ufrag (\S+)/;

/**
 * Keeps one RTCPeerConnection negotiated with its other side, whoever starts and whenever: the pattern of
 * W3C WebRTC 10.7, "Perfect negotiation". It knows no transport. Tracks, transceivers and `restart` may come at any time,
 * but the very first offer must be one side's alone: Chromium can't roll back a first offer whose kinds of media differ
 * from the other's ("codec collision for header extension id").
 */
export class Negotiation {
  readonly #connection: RTCPeerConnection;
  readonly #options: NegotiationOptions;
  readonly #abort = new AbortController();
  #offering = false;
  /** The last offer of the other side lost against ours; its candidates are worth nothing. */
  #ignoringOffer = false;
  /** Of the newest offer of this side. */
  #offerNumber = 0;
  #early: RTCIceCandidateInit[] = [];
  #arriving: Promise<void> = Promise.resolve();

  constructor(options: NegotiationOptions) {
    this.#options = options;
    this.#connection = options.connection;
    const { signal } = this.#abort;
    this.#connection.addEventListener('negotiationneeded', () => void this.#offer(), { signal });
    this.#connection.addEventListener('icecandidate', ({ candidate }) => this.#sendCandidate(candidate), { signal });
  }

  /**
   * Takes a signal of the other side. Signals are worked off one after the other, so a candidate never overtakes its
   * description. Late ones (an answer nobody waits for, or to an offer before, a candidate of a path given up) are ignored.
   * @returns when it has been dealt with. Never rejects: failures go to `onError`.
   */
  receive(signal: Signal): Promise<void> {
    this.#arriving = this.#arriving.then(async () => {
      if (this.#closed) return;
      try {
        await (signal.kind === 'description' ? this.#takeDescription(signal) : this.#takeCandidate(signal.candidate));
      } catch (error) {
        this.#fail('message-invalid', error);
      }
    });
    return this.#arriving;
  }

  /**
   * Looks for a new path with new candidates; picture and sound go on meanwhile if they can. An offer that nobody has answered
   * is said again first, with all its candidates: it may have been lost.
   */
  restart(): void {
    if (this.#closed) return;
    if (this.#connection.signalingState === 'have-local-offer') this.#sendDescription('offer', this.#offerNumber);
    this.#connection.restartIce();
  }

  /** Idempotent. The connection itself stays as it is. */
  close(): void {
    this.#abort.abort();
    this.#early = [];
  }

  get #closed(): boolean {
    return this.#abort.signal.aborted || this.#connection.signalingState === 'closed';
  }

  async #offer(): Promise<void> {
    this.#offering = true;
    try {
      await this.#connection.setLocalDescription();
      this.#offerNumber += 1;
      this.#sendDescription('offer', this.#offerNumber);
    } catch (error) {
      this.#fail('share-unreachable', error);
    } finally {
      this.#offering = false;
    }
  }

  async #takeDescription(description: Extract<Signal, { kind: 'description' }>): Promise<void> {
    const { type, sdp, n } = description;
    const state = this.#connection.signalingState;
    if (type === 'answer' && (state !== 'have-local-offer' || (n ?? this.#offerNumber) !== this.#offerNumber)) return;
    this.#ignoringOffer = type === 'offer' && !this.#options.polite && (this.#offering || state !== 'stable');
    if (this.#ignoringOffer) return;
    // With an offer of our own pending this rolls it back; negotiationneeded fires again for what it was about.
    const { adapt = asItIs, adaptAnswer = asItIs } = this.#options;
    await this.#connection.setRemoteDescription({ type, sdp: type === 'answer' ? adaptAnswer(sdp) : sdp });
    const early = this.#early;
    this.#early = [];
    for (const candidate of early) if (this.#isCurrent(candidate)) await this.#connection.addIceCandidate(candidate);
    if (type === 'answer') return;
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription({ type: 'answer', sdp: adapt(answer.sdp ?? '') });
    this.#sendDescription('answer', n);
  }

  async #takeCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.#ignoringOffer) return;
    if (candidate === null) {
      if (this.#connection.remoteDescription) await this.#connection.addIceCandidate();
    } else if (this.#isCurrent(candidate)) {
      await this.#connection.addIceCandidate(candidate);
    } else if (this.#early.length < MAX_EARLY_CANDIDATES) {
      this.#early.push(candidate);
    }
  }

  /** Whether the description this candidate belongs to is the one in force. Otherwise it is early, or late: then the next description drops it. */
  #isCurrent({ candidate }: RTCIceCandidateInit): boolean {
    const description = this.#connection.remoteDescription;
    if (!description) return false;
    const ufrag = candidate ? UFRAG_OF_CANDIDATE.exec(candidate)?.[1] : undefined;
    return ufrag === undefined || description.sdp.includes(`a=ice-ufrag:${ufrag}\r\n`);
  }

  #sendDescription(type: 'offer' | 'answer', n: number | undefined): void {
    const description = this.#connection.localDescription;
    if (this.#closed || description?.type !== type) return;
    this.#options.send({ kind: 'description', type, sdp: description.sdp, ...(n !== undefined && { n }) });
  }

  /** A null candidate says that there are no more. */
  #sendCandidate(found: RTCIceCandidate | null): void {
    const candidate = found && {
      candidate: found.candidate,
      sdpMid: found.sdpMid,
      sdpMLineIndex: found.sdpMLineIndex,
    };
    this.#options.send({ kind: 'candidate', candidate });
  }

  #fail(code: 'message-invalid' | 'share-unreachable', cause: unknown): void {
    if (!this.#closed) this.#options.onError(new AppError(code, { cause }));
  }
}
