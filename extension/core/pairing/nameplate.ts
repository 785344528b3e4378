import { effect } from '@preact/signals-core';
import { within } from '../shared/abort.ts';
import { toBase64Url } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { Broker } from '../signalling/broker.ts';
import { nameplateId } from '../signalling/messages.ts';
import { claimNameplate, closeNameplate, openNameplate } from '../signalling/nameplates.ts';
import type { ServerAddress } from '../signalling/server-address.ts';
import { makeCode, type PairingCode } from './code.ts';

/*
 * How four digits lead to the one who shows a code. Our server keeps nameplates; on any other PeerJS server a second, short-lived id
 * of the host stands for one. Whoever takes that id can keep the two from meeting, and no more: the words decide.
 */

export interface ServerForPairing {
  kind: 'pairwise' | 'stock';
  address: ServerAddress;
}

/** Two hosts may draw the same nameplate; four misses in a row mean something else. */
const TRIES = 4;
const OPEN_LIMIT_MS = 10_000;
const LOOK_UP_LIMIT_MS = 8_000;

/** Takes a nameplate for a fresh code. @throws AppError */
export async function offerNameplate(options: {
  broker: Broker;
  server: ServerForPairing;
  hostId: string;
  sidH: Uint8Array;
  signal: AbortSignal;
}): Promise<{ code: PairingCode; close(): void }> {
  const { broker, server, hostId, signal } = options;
  const sidH = toBase64Url(options.sidH);
  if (server.kind === 'pairwise') {
    const { nameplate, threeWords } = await openNameplate(broker, sidH, signal);
    let open = true;
    const close = () => {
      if (open) closeNameplate(broker);
      open = false;
    };
    return { code: { nameplate, words: makeCode(threeWords ? 3 : 2).words }, close };
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const code = makeCode(2);
    const second = new Broker({
      address: server.address,
      id: nameplateId(code.nameplate),
      token: async () => newId(),
      canPing: () => false,
      iceServers: () => [],
      seal: () => null,
    });
    second.onMessage((src, message) => {
      if (message.type === 'who-shows') second.send(src, { type: 'i-show', id: hostId, sidH });
    });
    const status = await within(settled(second), OPEN_LIMIT_MS, 'server-unreachable', signal).catch((error) => {
      second.close();
      throw error;
    });
    if (status === 'online') return { code, close: () => second.close() };
    second.close();
    if (status === 'unreachable') break;
  }
  throw new AppError('server-unreachable');
}

/** Asks who shows the code. @throws AppError `code-unknown`, … */
export async function lookUp(
  broker: Broker,
  server: ServerForPairing,
  nameplate: string,
  signal: AbortSignal,
): Promise<{ hostId: string; sidH: string }> {
  if (server.kind === 'pairwise') return claimNameplate(broker, nameplate, signal);
  const address = nameplateId(nameplate);
  const done = new AbortController();
  const answered = new Promise<{ hostId: string; sidH: string }>((resolve, reject) => {
    const stops = [
      broker.onMessage((src, message) => {
        if (src === address && message.type === 'i-show') resolve({ hostId: message.id, sidH: message.sidH });
      }),
      broker.onAbsent((peerId) => {
        if (peerId === address) reject(new AppError('code-unknown'));
      }),
    ];
    done.signal.addEventListener('abort', () => {
      for (const stop of stops) stop();
    });
  });
  try {
    if (!broker.send(address, { type: 'who-shows' })) throw new AppError('server-unreachable');
    return await within(answered, LOOK_UP_LIMIT_MS, 'code-unknown', signal);
  } finally {
    done.abort();
  }
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
