import { BULK_LANES, type Lane, type Link, MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import { AppError } from '../../extension/core/shared/errors.ts';

/** Two ends of one open link, and what else has to be ended with them. */
export interface LinkPair {
  a: Link;
  b: Link;
  end(): void;
}

/** Generous: two shared cores also run a browser. A passing case never waits for it. */
const CASE_LIMIT_MS = 50_000;
/** What a link may take in for a reader that doesn't read, both ends together. */
const MAX_HELD_BYTES = 40 * 1024 * 1024;
/** Of 60,000 bytes each: more than any link takes in. */
const FLOOD_FRAMES = 800;
/** A sender that has sent nothing for so many round trips is held up. */
const STEADY_ROUND_TRIPS = 50;

/**
 * What every link must do, whatever carries it. Plain functions, so that they run in node on the in-memory link and inside a real
 * browser on the PeerJS one.
 */
export const linkContract: Record<string, (open: () => Promise<LinkPair>) => Promise<void>> = {
  'frames of all lanes arrive whole and in order, both ways, from the first one on': async (open) => {
    const { a, b, end } = await open();
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const name of ['control', ...a.bulkLanes] as const) {
        const sizes = [1, 2, 1_000, 65_535, 65_536, MAX_FRAME_BYTES];
        const got = take(to.lane(name), sizes.length);
        for (const [index, size] of sizes.entries()) await from.lane(name).send(filled(size, index));
        const frames = await got;
        equal(
          frames.map((frame) => frame.length),
          sizes,
        );
        for (const [index, frame] of frames.entries()) check(frame.every((byte) => byte === index + 1));
      }
    }
    end();
  },

  'frames sent without waiting keep their order': async (open) => {
    const { a, b, end } = await open();
    const got = take(b.lane('bulk'), 200);
    await Promise.all(Array.from({ length: 200 }, (_, index) => a.lane('bulk').send(filled(32_000, index % 250))));
    equal(
      (await got).map((frame) => frame[0]),
      Array.from({ length: 200 }, (_, index) => (index % 250) + 1),
    );
    end();
  },

  'all lanes carry both directions at the same time': async (open) => {
    const { a, b, end } = await open();
    const count = 64;
    const names = ['control', ...a.bulkLanes] as const;
    const lanes = names.flatMap((name) => [a.lane(name), b.lane(name)]);
    const got = lanes.map((lane) => take(lane, count));
    const sent = lanes.map(async (lane) => {
      for (let index = 0; index < count; index++) await lane.send(filled(16_384, index));
    });
    await Promise.all(sent);
    for (const frames of await Promise.all(got)) equal(frames.length, count);
    end();
  },

  'both sides have the same bulk lanes, `bulk` first, and what goes on one arrives on that one only': async (open) => {
    const { a, b, end } = await open();
    equal(a.bulkLanes, b.bulkLanes);
    equal(a.bulkLanes, BULK_LANES.slice(0, a.bulkLanes.length));
    check(a.bulkLanes.length > 0);
    const got = a.bulkLanes.map((name) => take(b.lane(name), 2));
    for (const [index, name] of a.bulkLanes.entries()) {
      await a.lane(name).send(filled(3, index));
      await a.lane(name).send(filled(4, index));
    }
    equal(
      (await Promise.all(got)).map((frames) => frames.map((frame) => [...frame])),
      a.bulkLanes.map((_, index) => [[...filled(3, index)], [...filled(4, index)]]),
    );
    end();
  },

  'a bulk lane that nobody reads stops neither the other bulk lanes nor control': async (open) => {
    const { a, b, end } = await open();
    // A link that tells its sender to wait does so here; nobody waits for it.
    const unread = Promise.allSettled(Array.from({ length: 60 }, () => a.lane('bulk').send(filled(60_000, 1))));
    for (const name of ['control', ...a.bulkLanes.slice(1)] as const) {
      const got = take(b.lane(name), 1);
      await a.lane(name).send(filled(5, 1));
      equal((await got)[0]?.length, 5);
    }
    end();
    await unread;
  },

  'what has arrived is no longer queued': async (open) => {
    const { a, b, end } = await open();
    const lane = a.lane('bulk');
    const got = take(b.lane('bulk'), 100);
    await Promise.all(Array.from({ length: 100 }, () => lane.send(filled(32_000, 1))));
    await got;
    // The browser counts it down a moment later; without that this runs into the time limit.
    while (lane.queuedBytes > 0) await new Promise((resolve) => setTimeout(resolve));
    end();
  },

  'a frame out of bounds is refused and the link goes on': async (open) => {
    const { a, b, end } = await open();
    await fails(a.lane('control').send(new Uint8Array(0)), 'message-too-large');
    await fails(a.lane('control').send(new Uint8Array(MAX_FRAME_BYTES + 1)), 'message-too-large');
    const got = take(b.lane('control'), 1);
    await a.lane('control').send(filled(3, 6));
    equal([...((await got)[0] ?? [])], [7, 7, 7]);
    end();
  },

  'closing ends both sides: closed resolves, readers see the end, senders fail': async (open) => {
    const { a, b, end } = await open();
    const lanes = (['control', ...a.bulkLanes] as const).flatMap((name) => [a.lane(name), b.lane(name)]);
    const readers = lanes.map((lane) => lane.frames.getReader());
    a.close('bye');
    equal(await a.closed, 'bye');
    const other = await b.closed;
    check(other === 'bye' || other === 'link-lost');
    for (const reader of readers) equal((await reader.read()).done, true);
    for (const lane of lanes) await fails(lane.send(filled(1, 0)), 'link-lost');
    a.close('replaced');
    equal(await a.closed, 'bye');
    end();
  },

  'a reader that has cancelled does not keep the link from closing': async (open) => {
    const { a, b, end } = await open();
    await b.lane('bulk').frames.cancel();
    await b.lane('control').frames.cancel();
    await a.lane('control').send(filled(3, 1));
    b.close('bye');
    equal(await b.closed, 'bye');
    await a.closed;
    end();
  },

  'a sender that waits when the link closes is set free': async (open) => {
    const { a, end } = await open();
    const sending = Promise.allSettled(Array.from({ length: 400 }, () => a.lane('bulk').send(filled(60_000, 1))));
    a.close('replaced');
    const results = await sending;
    check(results.some((result) => result.status === 'rejected'));
    for (const result of results) if (result.status === 'rejected') equal(code(result.reason), 'link-lost');
    end();
  },

  'an aborted send rejects with the reason and takes nothing with it': async (open) => {
    const { a, b, end } = await open();
    const reason = new Error('stop');
    const got = take(b.lane('control'), 1);
    await rejects(a.lane('control').send(filled(1, 0), AbortSignal.abort(reason)), (error) => error === reason);
    await a.lane('control').send(filled(2, 4));
    equal((await got)[0]?.length, 2);
    end();
  },

  'a reader that has stopped reading holds the sender up or loses it the link, and memory stays bounded': async (
    open,
  ) => {
    const { a, b, end } = await open();
    let sentBytes = 0;
    const flood = (async () => {
      for (let index = 0; index < FLOOD_FRAMES; index++) {
        await a.lane('bulk').send(filled(60_000, 1));
        sentBytes += 60_000;
      }
    })().catch(() => {});
    const reason = await Promise.race([b.closed, untilSteady(a, b, () => sentBytes)]);
    if (reason === 'steady') {
      check(sentBytes < MAX_HELD_BYTES);
      const got = take(b.lane('bulk'), FLOOD_FRAMES);
      await flood;
      equal((await got).length, FLOOD_FRAMES);
    } else equal(reason, 'message-too-large');
    end();
    await flood;
  },

  'a lane is the same each time it is asked for': async (open) => {
    const { a, end } = await open();
    for (const name of ['control', ...a.bulkLanes] as const) {
      const [first, second] = [a.lane(name), a.lane(name)];
      check(first === second);
    }
    end();
  },
};

/** Runs one case against a fresh pair, with a time limit. */
export async function runLinkCase(name: string, open: () => Promise<LinkPair>): Promise<void> {
  const run = linkContract[name];
  if (!run) throw new Error(`no case named "${name}"`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${CASE_LIMIT_MS} ms: ${name}`)), CASE_LIMIT_MS);
  });
  await Promise.race([run(open), limit]).finally(() => clearTimeout(timer));
}

/** Resolves when `value` has stayed the same for so many round trips on the control lane. Never when the link is lost. */
async function untilSteady(a: Link, b: Link, value: () => number): Promise<'steady'> {
  const [fromA, fromB] = [a.lane('control').frames.getReader(), b.lane('control').frames.getReader()];
  for (let [before, same] = [-1, 0]; same < STEADY_ROUND_TRIPS; ) {
    const sent = await Promise.allSettled([a.lane('control').send(filled(1, 1)), fromB.read()]);
    const answered = await Promise.allSettled([b.lane('control').send(filled(1, 1)), fromA.read()]);
    if ([...sent, ...answered].some(({ status }) => status === 'rejected')) return new Promise(() => {});
    const now = value();
    same = now === before ? same + 1 : 0;
    before = now;
  }
  fromA.releaseLock();
  fromB.releaseLock();
  return 'steady';
}

function filled(size: number, index: number): Uint8Array {
  return new Uint8Array(size).fill(index + 1);
}

async function take(lane: Lane, count: number): Promise<Uint8Array[]> {
  const reader = lane.frames.getReader();
  const frames: Uint8Array[] = [];
  while (frames.length < count) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the lane ended after ${frames.length} of ${count} frames`);
    frames.push(value);
  }
  reader.releaseLock();
  return frames;
}

function check(truth: boolean): void {
  if (!truth) throw new Error('check failed');
}

function equal(actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`expected ${e}, got ${a}`);
}

const code = (error: unknown) => (error instanceof AppError ? error.code : String(error));

async function rejects(promise: Promise<unknown>, matches: (error: unknown) => boolean): Promise<void> {
  const outcome = await promise.then(
    () => 'resolved',
    (error: unknown) => (matches(error) ? null : `rejected with ${String(error)}`),
  );
  if (outcome !== null) throw new Error(`expected a rejection, but it ${outcome}`);
}

const fails = (promise: Promise<unknown>, expected: string) => rejects(promise, (error) => code(error) === expected);
