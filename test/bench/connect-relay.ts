import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { RelayClient, relayPair } from '../support/relay-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import type { Figure } from './report.ts';
import type { BenchResult } from './run.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GB = 1_000_000_000;
const ROUNDS = 5;
const LARGE = { frameBytes: 64 * KIB, frames: 4096 };
const SMALL = { frameBytes: KIB, frames: 50_000 };
/** What the sender lets wait in itself. */
const AHEAD_BYTES = 4 * MIB;
/** Offered to a reader that doesn't read: more than the system holds for two connections. */
const STALLED_BYTES = 128 * MIB;
/** The server has taken what it will of that when nothing has moved for so long. */
const STANDSTILL_MS = 2000;

interface Load {
  readonly frameBytes: number;
  readonly frames: number;
}

type Pair = [RelayClient, RelayClient];

/** A server process and how two clients meet on it. */
interface Way {
  readonly server: ServerProcess;
  connect(): Promise<Pair>;
}

/** What one way achieved, round by round. */
interface Moved {
  readonly rates: number[];
  readonly cpuSecondsPerGB: number[];
  readonly smallFrameRates: number[];
}

/**
 * The relay of a real server process against two bare sockets in a process of their own, turn by turn: node clients, opaque frames, one
 * direction. Then a reader that doesn't read.
 */
export async function relayPipeCase(name: string): Promise<BenchResult> {
  const processes: ServerProcess[] = [];
  try {
    const relay = await startServerProcess({ CONNECTS_PER_ADDRESS_PER_MINUTE: '1000', RELAY_PING_MS: '600000' });
    processes.push(relay);
    const pipe = await startServerProcess({}, { script: 'test/support/bare-pipe.ts' });
    processes.push(pipe);
    const ways = {
      relay: { server: relay, connect: () => relayPair(relay.url) },
      pipe: { server: pipe, connect: () => barePair(pipe.url) },
    };
    const [ours, bare] = [nothing(), nothing()];
    // Whoever is first in a round is not first in the next one. The round before the first is for compilers and buffers.
    await measure(ways.pipe, nothing());
    await measure(ways.relay, nothing());
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 2 === 0) await measure(ways.pipe, bare);
      await measure(ways.relay, ours);
      if (round % 2 === 1) await measure(ways.pipe, bare);
    }
    const addedMiB: number[] = [];
    for (let round = 0; round < ROUNDS; round++) addedMiB.push(await memoryOfStalledReader(ways.relay));
    const figure = (of: Omit<Figure, 'case'>): Figure => ({ case: name, ...of });
    return {
      chromium: 'none',
      figures: [
        figure({ figure: 'rate', unit: 'MB/s', values: ours.rates, baselineValues: bare.rates, note: '64 KiB frames' }),
        figure({
          figure: 'cpu',
          unit: 's/GB',
          values: ours.cpuSecondsPerGB,
          baselineValues: bare.cpuSecondsPerGB,
          note: 'of the server, 64 KiB frames',
        }),
        figure({
          figure: 'rate',
          unit: 'frames/s',
          values: ours.smallFrameRates,
          baselineValues: bare.smallFrameRates,
          note: '1 KiB frames',
        }),
        figure({
          figure: 'addedMemoryMiB',
          unit: 'MiB',
          values: addedMiB,
          note: `of the server, ${STALLED_BYTES / MIB} MiB offered to a reader that doesn't read`,
        }),
      ],
    };
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
}

function nothing(): Moved {
  return { rates: [], cpuSecondsPerGB: [], smallFrameRates: [] };
}

async function barePair(url: string): Promise<Pair> {
  const pair: Pair = [new RelayClient(url, ''), new RelayClient(url, '')];
  await Promise.all(pair.map((side) => side.joined));
  return pair;
}

async function measure({ server, connect }: Way, into: Moved): Promise<void> {
  const pair = await connect();
  const cpuBefore = server.cpuSeconds();
  const largeSeconds = await move(pair, LARGE);
  const bytes = LARGE.frameBytes * LARGE.frames;
  into.cpuSecondsPerGB.push(((server.cpuSeconds() - cpuBefore) / bytes) * GB);
  into.rates.push(bytes / 1e6 / largeSeconds);
  into.smallFrameRates.push(SMALL.frames / (await move(pair, SMALL)));
  await Promise.all(pair.map((side) => side.close()));
}

/** Seconds from the first frame sent until the last one has arrived. */
async function move([{ socket: from }, { socket: to }]: Pair, { frameBytes, frames }: Load): Promise<number> {
  const frame = Buffer.alloc(frameBytes, 1);
  let missing = frames;
  const arrived = new Promise<void>((resolve, reject) => {
    const onMessage = () => {
      missing--;
      if (missing > 0) return;
      to.off('message', onMessage);
      resolve();
    };
    to.on('message', onMessage);
    to.once('close', () => reject(new Error('The connection ended before everything had arrived.')));
  });
  const startedMs = performance.now();
  for (let n = 0; n < frames; n++) {
    const sent = new Promise<void>((resolve) => from.send(frame, () => resolve()));
    if (from.bufferedAmount > AHEAD_BYTES) await sent;
  }
  await arrived;
  return (performance.now() - startedMs) / 1000;
}

/** By how much the server has grown when it takes no more, in MiB. */
async function memoryOfStalledReader({ server, connect }: Way): Promise<number> {
  const [{ socket: from }, { socket: to }] = await connect();
  const before = server.rssBytes();
  to.pause();
  const frame = Buffer.alloc(LARGE.frameBytes, 1);
  for (let sent = 0; sent < STALLED_BYTES; sent += frame.length) from.send(frame);
  for (let waiting = -1; waiting !== from.bufferedAmount; ) {
    waiting = from.bufferedAmount;
    await delay(STANDSTILL_MS);
  }
  if (from.bufferedAmount === 0) throw new Error('The server took all that was offered.');
  const addedMiB = (server.rssBytes() - before) / MIB;
  from.terminate();
  to.terminate();
  if (to.readyState !== to.CLOSED) await once(to, 'close');
  return addedMiB;
}
