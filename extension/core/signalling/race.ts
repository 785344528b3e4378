import type { DataConnection } from 'peerjs';
import type { Link } from '../link/link.ts';
import { type ErrorCode, errorCode } from '../shared/errors.ts';
import { DIAL_LIMIT_MS, Dial, type DialOptions } from './dial.ts';

/** A direct link or TURN, where they work, are there by then. */
const RELAY_AFTER_MS = 2_000;
/** What another attempt at the relay may well not meet again: a socket that was reset, a ticket that was lost. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['link-lost', 'timed-out', 'server-unreachable']);
const AGAIN_AFTER_MS = 1_000;

export interface RaceOptions extends Omit<DialOptions, 'dialled'> {
  /** Starts PeerJS's connection to the peer; null when there is no server right now. */
  connect(): DataConnection | null;
  /** Meets the peer on the server's relay. `onAdmitted`: the signalling server has done its part. */
  openRelay(signal: AbortSignal, onAdmitted: () => void): Promise<Link>;
  /** Whether there is a relay to meet on. */
  hasRelay(): boolean;
  /** Tells the peer that this side goes to the relay now. */
  callRelay(): void;
  /** Something is open; better or worse than what was. */
  onLink(link: Link): void;
  /** Nothing is open here, and the peer has a link: it waits for no other. */
  onDeserted(): void;
  /** Every way was tried, and none is open. */
  onOver(failure: RaceFailure): void;
}

export interface RaceFailure {
  /** What went wrong on the way to a direct link. */
  readonly direct: ErrorCode;
  /** … and on the relay; null where there is none. */
  readonly relay: ErrorCode | null;
  /** The browser found no way of its own at all: it isn't allowed any. */
  readonly isBlocked: boolean;
  /** It found none that leads out of the local network. */
  readonly isLocal: boolean;
}

/** The race of direct, TURN and relay to one peer. A later direct link is still told of when the relay was first. */
export class Race {
  readonly #options: RaceOptions;
  #running = false;
  #dial: Dial | null = null;
  /** How the direct way ended in this race; null while it may still come about. */
  #direct: { code: ErrorCode; isBlocked: boolean; isLocal: boolean } | null = null;
  /** The peer has a link: what is dialled may still open here, but on the relay nobody comes. */
  #peerIsDone = false;
  #relay: AbortController | null = null;
  /** The relay has a place for this side. */
  #isAdmitted = false;
  /** The first attempt at it has failed, in this race. */
  #hasRetried = false;
  #relayFailure: ErrorCode | null = null;
  #relayTimer: ReturnType<typeof setTimeout> | undefined;
  #directTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RaceOptions) {
    this.#options = options;
  }

  /** Whether nothing has opened yet, and something still may. */
  get isRunning(): boolean {
    return this.#running;
  }

  get isDialling(): boolean {
    return this.#dial !== null;
  }

  /** Whether nothing that is under way can succeed without the signalling server. */
  get needsServer(): boolean {
    return this.#running && !this.#dial?.isSignalled && !this.#isAdmitted;
  }

  /** Whether it waits for the peer on the relay, and for nothing else. */
  get isMeeting(): boolean {
    return this.#relay !== null && this.#dial === null;
  }

  /** A session is fresh. `dials`: this side does, the other waits. `relayAtOnce`: there was no other way a moment ago. */
  start(dials: boolean, relayAtOnce: boolean): void {
    this.stop();
    this.#running = true;
    this.#direct = null;
    this.#peerIsDone = false;
    this.#hasRetried = false;
    this.#relayFailure = null;
    this.#relayTimer = setTimeout(() => this.relay(), relayAtOnce ? 0 : RELAY_AFTER_MS);
    this.#directTimer = setTimeout(() => this.#directFailed('peer-unreachable', null), DIAL_LIMIT_MS);
    if (dials) this.dial();
  }

  /** Dials, in a race or by itself. */
  dial(): void {
    const connection = this.#options.connect();
    if (connection) this.#try(connection, true);
  }

  /** The peer dials. */
  incoming(connection: DataConnection): void {
    this.#try(connection, false);
  }

  /** It is clear, or late enough, that nothing else opens soon; or the peer says so. */
  relay(): void {
    clearTimeout(this.#relayTimer);
    if (!this.#running || this.#relay) return;
    const { hasRelay, callRelay, openRelay, onLink } = this.#options;
    if (!hasRelay()) return;
    callRelay();
    const relay = new AbortController();
    this.#relay = relay;
    const onAdmitted = () => {
      if (this.#relay === relay) this.#isAdmitted = true;
    };
    openRelay(relay.signal, onAdmitted).then(
      (link) => {
        if (this.#relay !== relay) return link.close('replaced');
        this.#won();
        onLink(link);
      },
      (error) => {
        if (this.#relay !== relay) return;
        this.#isAdmitted = false;
        const code = errorCode(error);
        if (this.#direct === null && !this.#hasRetried && PASSING.has(code)) return this.#relayAgain();
        this.#relayFailure = code;
        this.#look();
      },
    );
  }

  /** Where nothing else works, a person waits for the direct way to be given up. */
  #relayAgain(): void {
    this.#hasRetried = true;
    this.#relay = null;
    this.#relayTimer = setTimeout(() => this.relay(), AGAIN_AFTER_MS);
  }

  /** The peer has a link, and doesn't come to the relay. */
  peerDone(): void {
    this.#peerIsDone = true;
    this.#look();
  }

  /** Nothing that is under way is wanted any more. */
  stop(): void {
    this.#dial?.stop();
    this.#dial = null;
    this.#won();
  }

  #won(): void {
    this.#running = false;
    clearTimeout(this.#relayTimer);
    clearTimeout(this.#directTimer);
    const relay = this.#relay;
    this.#relay = null;
    this.#isAdmitted = false;
    relay?.abort();
  }

  #try(connection: DataConnection, dialled: boolean): void {
    this.#dial?.stop();
    const dial = new Dial(connection, { ...this.#options, dialled });
    this.#dial = dial;
    clearTimeout(this.#directTimer);
    void dial.candidates.exhausted.then(() => {
      if (this.#dial === dial) this.relay();
    });
    dial.open().then(
      (link) => {
        if (this.#dial !== dial) return link.close('replaced');
        this.#dial = null;
        this.#won();
        this.#options.onLink(link);
      },
      (error) => {
        if (this.#dial !== dial) return;
        this.#dial = null;
        this.#directFailed(errorCode(error), dial);
      },
    );
  }

  #directFailed(code: ErrorCode, dial: Dial | null): void {
    this.#direct = {
      code,
      isBlocked: dial?.candidates.isNone ?? false,
      isLocal: dial?.candidates.isLocal ?? false,
    };
    if (!this.#peerIsDone) this.relay();
    this.#look();
  }

  #look(): void {
    if (!this.#running || !this.#direct) return;
    if (this.#peerIsDone) {
      this.#won();
      return this.#options.onDeserted();
    }
    if (this.#relay && this.#relayFailure === null) return;
    const { code: direct, ...found } = this.#direct;
    const relay = this.#relay ? this.#relayFailure : null;
    this.#won();
    this.#options.onOver({ direct, relay, ...found });
  }
}
