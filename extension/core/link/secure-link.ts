import {
  DEFAULT_RATCHET,
  FRAME_KEY_BYTES,
  FRAME_VERSION,
  FrameOpener,
  FrameSealer,
  type RatchetLimits,
} from '../crypto/frame-cipher.ts';
import { hkdf } from '../crypto/hkdf.ts';
import { lv } from '../crypto/lv.ts';
import type { Role } from '../crypto/session-keys.ts';
import { within } from '../shared/abort.ts';
import { concat, sameBytes, utf8 } from '../shared/bytes.ts';
import { Emitter } from '../shared/emitter.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { BulkLaneName, CloseReason, LaneName, Link, Path } from './link.ts';
import { RareHeartbeat } from './rare-heartbeat.ts';
import { SecureLane } from './secure-lane.ts';

/*
 * A link over a link that nobody in between is trusted with. First each side says `ver u8 = 1 | 0 | random 16` on the control lane, in
 * the open, of which the last four bytes are no random ones and say that it answers heartbeats; then every lane and direction has a key of its own,
 * HKDF-SHA256(relay secret, salt = rI | rR, info = lv("pairwise/relay/v1", room, sender's role, lane)), and frames go as
 * crypto/frame-cipher.ts says. A frame that doesn't fit with its seal goes as two. What the carrier says about the end counts as an
 * accident: only a sealed bye is one.
 */
const HELLO = 0;
const RANDOM_BYTES = 16;
/** Who says this at the end of its random answers heartbeats. It goes into the keys as everything there, so nobody can take it away. */
const BEATS = utf8.encode('beat');
/** How long each side leaves an idle link in peace: one asks before the other would, and both know that the other is there. */
const IDLE_MS: Readonly<Record<Role, number>> = { initiator: 20_000, responder: 23_000 };
/** The other side opens its half at the same time; a carrier that takes longer is of no use. */
const HELLO_LIMIT_MS = 10_000;
/** How long a bye may take to be answered by the end of the link beneath. */
const BYE_LIMIT_MS = 1_000;

/** What a secure link runs on. */
export interface Carrier extends Link {
  /** Signs of life are asked for above it, sealed: it need not ask for any of its own, nor end for want of them. */
  rest?(): void;
}

export interface SecureLinkOptions {
  /** `SessionKeys.relay`. */
  secret: CryptoKey;
  /** Names the meeting place on the relay: both sides must mean the same. */
  room: string;
  role: Role;
  ratchet?: RatchetLimits;
  /** Ms that only grow. */
  now?: () => number;
}

/**
 * Resolves when both sides have said hello. `inner` belongs to the new link from the call on; when this fails it is closed.
 * @throws AppError `link-lost`, `tampered`, `version-mismatch`, what ended `inner`; the signal's reason.
 */
export async function openSecureLink(inner: Carrier, options: SecureLinkOptions, signal?: AbortSignal): Promise<Link> {
  try {
    const control = inner.lane('control');
    const reader = control.frames.getReader();
    const mine = concat(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES - BEATS.length)), BEATS);
    await control.send(concat(Uint8Array.of(FRAME_VERSION, HELLO), mine), signal);
    const hello = reader.read().then(async ({ value }) => value ?? endOf(await inner.closed));
    const theirs = parseHello(await within(hello, HELLO_LIMIT_MS, 'link-lost', signal));
    const salt = options.role === 'initiator' ? concat(mine, theirs) : concat(theirs, mine);
    const [controlCiphers, bulkCiphers] = await Promise.all([
      ciphers(options, salt, 'control'),
      ciphers(options, salt, 'bulk'),
    ]);
    const idleMs = sameBytes(theirs.subarray(-BEATS.length), BEATS) ? IDLE_MS[options.role] : null;
    return new SecureLink(inner, reader, controlCiphers, bulkCiphers, idleMs);
  } catch (error) {
    inner.close(signal?.aborted ? 'bye' : errorCode(error));
    throw error;
  }
}

function endOf(reason: CloseReason): never {
  throw new AppError(endCode(reason));
}

/** A goodbye that isn't sealed is none. */
function endCode(reason: CloseReason): ErrorCode {
  return reason === 'bye' || reason === 'replaced' ? 'link-lost' : reason;
}

function parseHello(frame: Uint8Array): Uint8Array {
  if (frame.length > 0 && frame[0] !== FRAME_VERSION) throw new AppError('version-mismatch');
  if (frame.length !== 2 + RANDOM_BYTES || frame[1] !== HELLO) throw new AppError('tampered');
  return frame.slice(2);
}

interface Ciphers {
  sealer: FrameSealer;
  opener: FrameOpener;
}

async function ciphers(options: SecureLinkOptions, salt: Uint8Array, lane: LaneName): Promise<Ciphers> {
  const { secret, room, role, ratchet = DEFAULT_RATCHET, now = () => performance.now() } = options;
  const key = (sender: Role) => hkdf(secret, salt, lv('pairwise/relay/v1', room, sender, lane), FRAME_KEY_BYTES);
  const [send, receive] = await Promise.all([key(role), key(role === 'initiator' ? 'responder' : 'initiator')]);
  return { sealer: await FrameSealer.create(send, ratchet, now), opener: await FrameOpener.create(receive) };
}

class SecureLink implements Link {
  /** A relay is one line: more lanes on it would bring nothing. */
  readonly bulkLanes: readonly BulkLaneName[] = ['bulk'];
  readonly closed: Promise<CloseReason>;
  readonly #inner: Carrier;
  readonly #lanes: Record<'control' | 'bulk', SecureLane>;
  /** Null with a peer that has none: then the carrier's own, which whoever carries can keep up, has to do. */
  readonly #heartbeat: RareHeartbeat | null;
  readonly #changed = new Emitter<[]>();
  readonly onChange = this.#changed.on;
  #settle: (reason: CloseReason) => void = () => {};
  #done = false;

  /** `idleMs`: how long it asks for no sign of life while nothing moves; null: never. */
  constructor(
    inner: Carrier,
    controlReader: ReadableStreamDefaultReader<Uint8Array>,
    controlCiphers: Ciphers,
    bulkCiphers: Ciphers,
    idleMs: number | null,
  ) {
    this.#inner = inner;
    inner.onChange(() => this.#changed.emit());
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const onBroken = (code: ErrorCode) => this.close(code);
    const onSend = () => this.#heartbeat?.moved();
    const onHeard = (isBeat: boolean) => {
      this.#heartbeat?.heard();
      if (!isBeat) this.#heartbeat?.moved();
    };
    const [control, bulk] = [inner.lane('control'), inner.lane('bulk')];
    this.#lanes = {
      control: new SecureLane({
        inner: control,
        reader: controlReader,
        ...controlCiphers,
        onBye: () => this.#over('bye'),
        onHeard,
        onSend,
        onPong: idleMs === null ? null : (n) => this.#heartbeat?.answered(n),
        onBroken,
      }),
      bulk: new SecureLane({
        inner: bulk,
        reader: bulk.frames.getReader(),
        ...bulkCiphers,
        // A bye stands on the control lane; here it is nonsense.
        onBye: () => onBroken('message-invalid'),
        onHeard,
        onSend,
        onPong: null,
        onBroken,
      }),
    };
    this.#heartbeat = idleMs === null ? null : this.#beat(idleMs);
    inner.closed.then((reason) => this.#end(endCode(reason)));
  }

  get path(): Path {
    return this.#inner.path;
  }

  get rttMs(): number | null {
    return this.#heartbeat?.rttMs ?? this.#inner.rttMs;
  }

  get isSuspect(): boolean {
    return (this.#heartbeat ?? this.#inner).isSuspect;
  }

  probe(): void {
    (this.#heartbeat ?? this.#inner).probe();
  }

  lane(name: LaneName): SecureLane {
    if (name !== 'control' && name !== 'bulk') throw new Error(`A secure link has no lane ${name}.`);
    return this.#lanes[name];
  }

  close(reason: CloseReason): void {
    if (this.#done) return;
    if (reason !== 'bye') return this.#over(reason);
    this.#end(reason);
    const answered = this.#lanes.control.sayBye().then(() => this.#inner.closed);
    within(answered, BYE_LIMIT_MS, 'timed-out')
      .catch(() => {})
      .then(() => this.#inner.close(reason));
  }

  #beat(idleMs: number): RareHeartbeat {
    this.#inner.rest?.();
    const { control } = this.#lanes;
    return new RareHeartbeat({
      idleMs,
      ask: (n) => control.ping(n),
      isDeaf: () => control.isFull,
      onChange: () => this.#changed.emit(),
      onLost: () => this.#over('link-lost'),
    });
  }

  #over(reason: CloseReason): void {
    this.#end(reason);
    this.#inner.close(reason);
  }

  #end(reason: CloseReason): void {
    if (this.#done) return;
    this.#done = true;
    this.#heartbeat?.stop();
    this.#lanes.control.end();
    this.#lanes.bulk.end();
    this.#settle(reason);
  }
}
