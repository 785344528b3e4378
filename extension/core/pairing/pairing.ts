import { effect } from '@preact/signals-core';
import * as v from 'valibot';
import { within } from '../shared/abort.ts';
import { AppError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { PeerId } from '../shared/schemas.ts';
import { Broker } from '../signalling/broker.ts';
import { nameplateId, type SignallingMessage } from '../signalling/messages.ts';
import type { ServerAddress } from '../signalling/server-address.ts';
import { CODE_LIFETIME_MS, makeCode, type PairingCode, parseCode } from './code.ts';

/*
 * One pairing, seen from each side. The code leads the joiner to a second id of the host on the server; there the two words have
 * to match. One wrong guess burns the code. The words pass through the server, which is therefore trusted for now.
 */

export interface Self {
  id: string;
  name: string;
}

export interface PairedPeer {
  id: string;
  name: string;
}

export interface HostOptions {
  self: Self;
  /** This device's own place on the server, already online. */
  broker: Broker;
  address: ServerAddress;
  /** The code can be shown; it is good until `expiresAt` (ms since 1970). */
  onCode(code: PairingCode, expiresAt: number): void;
  signal: AbortSignal;
}

/** Two hosts may draw the same nameplate; four misses in a row mean something else. */
const NAMEPLATE_TRIES = 4;
const NAMEPLATE_LIMIT_MS = 10_000;
/** The server says after 5 s that nobody has the nameplate. */
const JOIN_LIMIT_MS = 10_000;

/**
 * Shows a code and waits for the one who types it.
 * @throws AppError `server-unreachable`, `code-expired`, `code-wrong` (somebody guessed: the code is burnt); the signal's reason.
 */
export async function hostPairing(options: HostOptions): Promise<PairedPeer> {
  const { self, onCode, signal } = options;
  const { code, broker: nameplate } = await openNameplate(options);
  try {
    const expiresAt = Date.now() + CODE_LIFETIME_MS;
    const guess = nextMessage(nameplate, signal, (src, message) =>
      message.type === 'pair-join' && v.is(PeerId, src) ? { guest: src, ...message } : null,
    );
    onCode(code, expiresAt);
    const { guest, words, name } = await within(guess, CODE_LIFETIME_MS, 'code-expired', signal);
    if (words !== code.words || guest === self.id) {
      const refusal = guest === self.id ? 'code-own' : 'code-wrong';
      nameplate.send(guest, { type: 'pair-refuse', code: refusal });
      throw new AppError(refusal);
    }
    nameplate.send(guest, { type: 'pair-accept', id: self.id, name: self.name });
    return { id: guest, name };
  } finally {
    nameplate.close();
  }
}

/**
 * Answers a code.
 * @throws AppError `code-malformed`, `code-unknown` (nobody shows it, or not any more), `code-wrong`, `code-own`,
 * `server-unreachable`; the signal's reason.
 */
export async function joinPairing(options: {
  self: Self;
  broker: Broker;
  code: string;
  signal: AbortSignal;
}): Promise<PairedPeer> {
  const { self, broker, signal } = options;
  const code = parseCode(options.code);
  if (!code) throw new AppError('code-malformed');
  const address = nameplateId(code.nameplate);
  const done = new AbortController();
  const answer = nextMessage(broker, done.signal, (src, message) =>
    src === address && (message.type === 'pair-accept' || message.type === 'pair-refuse') ? message : null,
  );
  const absent = new Promise<never>((_, reject) => {
    const stop = broker.onAbsent((id) => {
      if (id === address) reject(new AppError('code-unknown'));
    });
    done.signal.addEventListener('abort', stop);
  });
  try {
    if (!broker.send(address, { type: 'pair-join', words: code.words, name: self.name })) {
      throw new AppError('server-unreachable');
    }
    const message = await within(Promise.race([answer, absent]), JOIN_LIMIT_MS, 'code-unknown', signal);
    if (message.type === 'pair-refuse') throw new AppError(message.code);
    return { id: message.id, name: message.name };
  } finally {
    done.abort();
  }
}

async function openNameplate(options: HostOptions): Promise<{ code: PairingCode; broker: Broker }> {
  for (let tries = 0; tries < NAMEPLATE_TRIES; tries++) {
    const code = makeCode();
    const broker = new Broker({
      address: options.address,
      id: nameplateId(code.nameplate),
      token: newId(),
      iceServers: [],
      knows: () => false,
    });
    try {
      const status = await within(settled(broker), NAMEPLATE_LIMIT_MS, 'server-unreachable', options.signal);
      if (status === 'online') return { code, broker };
      broker.close();
      if (status === 'unreachable') break;
    } catch (error) {
      broker.close();
      throw error;
    }
  }
  throw new AppError('server-unreachable');
}

/** The first status of a broker that is not `connecting`. */
function settled(broker: Broker) {
  return new Promise<'online' | 'unreachable' | 'taken'>((resolve) => {
    const stop = effect(() => {
      const status = broker.status.value;
      if (status === 'connecting') return;
      resolve(status);
      queueMicrotask(() => stop());
    });
  });
}

/** The first message for which `pick` gives something. Stops listening when the signal is aborted. */
function nextMessage<T>(
  broker: Broker,
  signal: AbortSignal,
  pick: (src: string, message: SignallingMessage) => T | null,
): Promise<T> {
  return new Promise((resolve) => {
    const stop = broker.onMessage((src, message) => {
      const picked = pick(src, message);
      if (picked === null) return;
      stop();
      resolve(picked);
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
