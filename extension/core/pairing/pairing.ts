import type { DeviceKeys } from '../crypto/device-keys.ts';
import { verifierWords } from '../crypto/verifier.ts';
import { within } from '../shared/abort.ts';
import { fromBase64Url, utf8 } from '../shared/bytes.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { isPeerJsId } from '../shared/ids.ts';
import type { Broker } from '../signalling/broker.ts';
import { TELLABLE_CODES, type TellableCode } from '../signalling/messages.ts';
import { CODE_LIFETIME_MS, parseCode } from './code.ts';
import { HostExchange, JoinExchange } from './exchange.ts';
import type { Pairing } from './exchange-run.ts';
import { lookUp, offerNameplate, type ServerForPairing } from './nameplate.ts';
import { PairMailbox } from './pair-mailbox.ts';
import { formatPairingSecret, makePairingSecret, parsePairingSecret } from './secret-text.ts';

/*
 * One pairing, seen from each side: finds the other one through the server, runs the exchange (exchange.ts), asks the person. The
 * code's words never leave this device, and one guess burns the code.
 */

export interface Self {
  keys: DeviceKeys;
  name: string;
}

export interface HostOptions {
  self: Self;
  /** This device's own place on the server, already online. */
  broker: Broker;
  server: ServerForPairing;
  form: 'code' | 'secret';
  /** What to show; it is good until `expiresAt` (ms since 1970). */
  onCode(code: string, expiresAt: number): void;
  /** Somebody had the code. Resolves with the person's decision. */
  onConfirm(name: string, words: string[]): Promise<boolean>;
  /** Whether pairings with this device are refused unseen. */
  isBlocked(peerId: string): boolean;
  signal: AbortSignal;
}

/** Each message takes a round trip and some cryptography; the server tells an absent peer after 5 s. */
const STEP_LIMIT_MS = 10_000;

/**
 * Shows a code and waits for the one who types it, and for the person's yes.
 * @throws AppError `server-unreachable`, `code-expired`, `code-wrong` (somebody guessed: the code is burnt), `pairing-declined`,
 * `tampered`, `identity-mismatch`; the signal's reason.
 */
export async function hostPairing(options: HostOptions): Promise<Pairing> {
  const { self, broker, signal } = options;
  const expiresAt = Date.now() + CODE_LIFETIME_MS;
  const mailbox = new PairMailbox(broker);
  const shown = await show(options);
  try {
    options.onCode(shown.text, expiresAt);
    const first = await within(
      mailbox.next(1, (src) => isPeerJsId(src) && !options.isBlocked(src)),
      CODE_LIFETIME_MS,
      'code-expired',
      signal,
    );
    const exchange = new HostExchange({ self, sidH: shown.sidH, secret: shown.secret });
    const guest = first.src;
    try {
      // The answer burns the code, whatever comes of it.
      mailbox.send(guest, 2, exchange.answer(guest, first.body));
      shown.close();
      const third = await within(
        mailbox.next(3, (src) => src === guest),
        STEP_LIMIT_MS,
        'pairing-interrupted',
        signal,
      );
      const { peer, verifier } = await exchange.verify(third.body);
      const decision = Promise.race([options.onConfirm(peer.name, verifierWords(verifier)), mailbox.failure(guest)]);
      if (!(await within(decision, CODE_LIFETIME_MS, 'code-expired', signal))) throw new AppError('pairing-declined');
      const { message, pairing } = await exchange.confirm();
      mailbox.send(guest, 4, message);
      return pairing;
    } catch (error) {
      mailbox.fail(guest, tellable(error));
      throw error;
    } finally {
      exchange.end();
    }
  } finally {
    shown.close();
    mailbox.close();
  }
}

export interface JoinOptions {
  self: Self;
  broker: Broker;
  server: ServerForPairing;
  /** A code or a pairing text, as typed. */
  code: string;
  /** The other one has to agree; meanwhile both can compare these words. */
  onWords(words: string[]): void;
  isBlocked(peerId: string): boolean;
  signal: AbortSignal;
}

/**
 * Answers a code.
 * @throws AppError `code-malformed`, `code-unknown` (nobody shows it, or not any more), `code-wrong`, `code-own`, `pairing-declined`,
 * `server-unreachable`, `tampered`, `identity-mismatch`; the signal's reason.
 */
export async function joinPairing(options: JoinOptions): Promise<Pairing> {
  const { self, broker, signal } = options;
  const target = await find(options);
  if (options.isBlocked(target.hostId)) throw new AppError('peer-blocked');
  const mailbox = new PairMailbox(broker);
  const fromHost = (src: string) => src === target.hostId;
  try {
    const exchange = new JoinExchange({ self, ...target });
    mailbox.send(target.hostId, 1, exchange.message);
    const second = await within(mailbox.next(2, fromHost), STEP_LIMIT_MS, 'code-unknown', signal);
    const proof = await exchange.prove(second.body);
    mailbox.send(target.hostId, 3, proof.message);
    options.onWords(verifierWords(proof.verifier));
    const fourth = await within(mailbox.next(4, fromHost), CODE_LIFETIME_MS, 'code-expired', signal);
    return await exchange.finish(fourth.body);
  } catch (error) {
    mailbox.fail(target.hostId, tellable(error));
    throw error;
  } finally {
    mailbox.close();
  }
}

interface Shown {
  text: string;
  sidH: Uint8Array;
  secret: Uint8Array;
  /** Nobody is led here any more. Idempotent. */
  close(): void;
}

async function show({ self, broker, server, form, signal }: HostOptions): Promise<Shown> {
  if (form === 'secret') {
    const made = makePairingSecret(self.keys.id);
    return { text: formatPairingSecret(made), sidH: made.sidH, secret: made.secret, close: () => {} };
  }
  const sidH = crypto.getRandomValues(new Uint8Array(16));
  const { code, close } = await offerNameplate({ broker, server, hostId: self.keys.id, sidH, signal });
  return { text: `${code.nameplate}-${code.words}`, sidH, secret: utf8.encode(code.words), close };
}

async function find(options: JoinOptions): Promise<{ hostId: string; sidH: Uint8Array; secret: Uint8Array }> {
  const long = parsePairingSecret(options.code);
  if (long) return long;
  const code = parseCode(options.code);
  if (!code) throw new AppError('code-malformed');
  const { hostId, sidH } = await lookUp(options.broker, options.server, code.nameplate, options.signal);
  const bytes = fromBase64Url(sidH);
  if (bytes?.length !== 16) throw new AppError('message-invalid');
  return { hostId, sidH: bytes, secret: utf8.encode(code.words) };
}

/** What the other side may be told: that it failed and why, nothing of this device's own troubles. */
function tellable(error: unknown): TellableCode {
  const code = errorCode(error);
  return TELLABLE_CODES.find((tellable) => tellable === code) ?? 'pairing-interrupted';
}
