/** Runs in the browser: links through a relay, bare and sealed, the windows of the file engine on them, and bare sockets beside them. */
import { makeDeviceKeys, openDeviceKeys } from '../../../extension/core/crypto/device-keys.ts';
import { importSecret } from '../../../extension/core/crypto/hkdf.ts';
import type { Role } from '../../../extension/core/crypto/session-keys.ts';
import type { Link } from '../../../extension/core/link/link.ts';
import { openRelayLink } from '../../../extension/core/link/relay-link.ts';
import { openSecureLink } from '../../../extension/core/link/secure-link.ts';
import { toBase64Url } from '../../../extension/core/shared/bytes.ts';
import { errorCode } from '../../../extension/core/shared/errors.ts';
import { Broker } from '../../../extension/core/signalling/broker.ts';
import { askRelayTicket } from '../../../extension/core/signalling/relay-tickets.ts';
import { ServerAccess } from '../../../extension/core/signalling/server-access.ts';
import { parseServerAddress } from '../../../extension/core/signalling/server-address.ts';
import { runLinkCase } from '../../contracts/link.ts';
import { receiveBare, sendBare } from './bare.ts';
import { askEcho, echo, receiveFile, receiveFrames, sendFile, sendFrames } from './lanes.ts';

/** A room that no other has: nobody can know it. */
const newSession = () => toBase64Url(crypto.getRandomValues(new Uint8Array(8)));

/** Signs in once, and gives both sides of a new room with oneself each time. */
async function tickets(serverUrl: string): Promise<() => Promise<[string, string]>> {
  const address = parseServerAddress(serverUrl);
  const keys = await openDeviceKeys(await makeDeviceKeys());
  const nothing = () => {};
  const access = new ServerAccess({
    address,
    keys,
    stockToken: '',
    wasOurs: true,
    onOurs: nothing,
    onProblem: nothing,
  });
  const broker = new Broker({
    address,
    id: keys.id,
    token: () => access.token(),
    canPing: () => false,
    iceServers: () => [],
    seal: () => ({ v: 1, s: '', n: 0, c: '' }),
  });
  await new Promise<void>((resolve) => {
    const stop = broker.status.subscribe((status) => {
      if (status !== 'online') return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
  return async () => {
    const session = newSession();
    const ask = (side: 0 | 1) => askRelayTicket(broker, address, { peer: keys.id, session, side });
    const [a, b] = await Promise.all([ask(0), ask(1)]);
    return [a.url, b.url];
  };
}

const SECRET = new Uint8Array(32).fill(7);

async function openSealed(url: string, role: Role): Promise<Link> {
  return openSecureLink(await openRelayLink(url), { secret: await importSecret(SECRET), room: 'room', role });
}

let room: (() => Promise<[string, string]>) | undefined;
let link: Link | undefined;
function theLink(): Link {
  if (!link) throw new Error('No link was opened.');
  return link;
}

const lab = {
  async signIn(serverUrl: string): Promise<void> {
    room = await tickets(serverUrl);
  },

  /** The addresses of both sides of a new room. */
  async room(): Promise<[string, string]> {
    if (!room) throw new Error('Not signed in.');
    return room();
  },

  /** One case of the contract, both ends in this page. */
  async run(name: string, isSealed: boolean): Promise<void> {
    await runLinkCase(name, async () => {
      const [first, second] = await lab.room();
      const [a, b] = await Promise.all(
        isSealed
          ? [openSealed(first, 'initiator'), openSealed(second, 'responder')]
          : [openRelayLink(first), openRelayLink(second)],
      );
      const end = () => {
        a.close('replaced');
        b.close('replaced');
      };
      return { a, b, end };
    });
  },

  /** Opens the link that the functions below use. Resolves when the other side is there. */
  async open(url: string, role: Role, isSealed = true): Promise<void> {
    link = isSealed ? await openSealed(url, role) : await openRelayLink(url);
  },
  /** What the first heartbeat says. */
  async measured(): Promise<{ path: string; rttMs: number | null }> {
    await new Promise<void>((resolve) => {
      const look = () => theLink().rttMs !== null && resolve();
      theLink().onChange(look);
      look();
    });
    return { path: theLink().path, rttMs: theLink().rttMs };
  },

  /** Why this doesn't become a link; `given up` when nothing has come of it after so many ms. */
  async failure(url: string, patienceMs?: number): Promise<string> {
    const signal = patienceMs === undefined ? undefined : AbortSignal.timeout(patienceMs);
    const opening = openRelayLink(url, signal);
    return opening.then(
      () => 'opened',
      (error: unknown) => (signal?.aborted ? 'given up' : errorCode(error)),
    );
  },

  close: () => theLink().close('bye'),
  closed: () => theLink().closed,

  sendFile: (totalBytes: number) => sendFile(theLink(), totalBytes),
  receiveFile: (totalBytes: number) => receiveFile(theLink(), totalBytes),
  sendFrames: (totalBytes: number) => sendFrames(theLink(), totalBytes),
  receiveFrames: (totalBytes: number) => receiveFrames(theLink(), totalBytes),
  askEcho: (pauseMs: number, isOver: Promise<unknown>) => askEcho(theLink(), pauseMs, isOver),
  echo: () => void echo(theLink()),

  /** Sends as the file engine does, and asks for an echo all the while. */
  async sendAndAsk(totalBytes: number, pauseMs: number): Promise<{ tookMs: number; roundTripsMs: number[] }> {
    const sending = sendFile(theLink(), totalBytes);
    const roundTripsMs = await askEcho(theLink(), pauseMs, sending);
    return { tookMs: await sending, roundTripsMs };
  },

  sendBare,
  receiveBare,
};

declare global {
  var relayLab: typeof lab;
}
globalThis.relayLab = lab;
