import { BLOCK_BYTES } from '../../../extension/core/files/blocks.ts';
import { BulkLanes } from '../../../extension/core/files/bulk-lanes.ts';
import { SendBlock } from '../../../extension/core/files/send-block.ts';
import type { Link } from '../../../extension/core/link/link.ts';

const LEAF = new Uint8Array(32);

/** Sends blocks over the bulk lanes as the file engine does, but for disk and hashes. @returns the ms until all has arrived. */
export async function sendFile(link: Link, totalBytes: number): Promise<number> {
  const bytes = crypto.getRandomValues(new Uint8Array(64 * 1024));
  const block = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; at < BLOCK_BYTES; at += bytes.length) block.set(bytes, at);
  const startMs = performance.now();
  let [index, arrivedBytes] = [0, 0];
  let ticking: ReturnType<typeof setInterval> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const onArrived = (more: number) => {
        arrivedBytes += more;
        if (arrivedBytes >= totalBytes) resolve();
      };
      const lanes = new BulkLanes(link, {
        receive: () => true,
        next: () => {
          if (index * BLOCK_BYTES >= totalBytes) return undefined;
          const options = { stream: 1, encoding: 0, leaf: LEAF, plainBytes: BLOCK_BYTES, from: 0, onArrived } as const;
          return new SendBlock({ ...options, index: index++, bytes: block });
        },
        acknowledged: () => {},
      });
      ticking = setInterval(() => lanes.measure(), 250);
      lanes.wake();
      void link.closed.then((reason) => reject(new Error(`The link closed: ${reason}.`)));
    });
  } finally {
    clearInterval(ticking);
  }
  return performance.now() - startMs;
}

/** The other side. */
export async function receiveFile(link: Link, totalBytes: number): Promise<void> {
  let receivedBytes = 0;
  await new Promise<void>((resolve) => {
    new BulkLanes(link, {
      receive: (frame) => {
        if (frame.type === 'chunk') receivedBytes += frame.bytes.length;
        if (receivedBytes >= totalBytes) resolve();
        return true;
      },
      next: () => undefined,
      acknowledged: () => {},
    });
  });
}

const FRAME_BYTES = 64 * 1024;

/** Sends frames of 64 KiB on the bulk lane as fast as it takes them. @returns the ms until the other side says that it has all. */
export async function sendFrames(link: Link, totalBytes: number): Promise<number> {
  const frame = new Uint8Array(FRAME_BYTES);
  const over = link.lane('control').frames.getReader();
  const startMs = performance.now();
  for (let bytes = 0; bytes < totalBytes; bytes += FRAME_BYTES) await link.lane('bulk').send(frame);
  await over.read();
  return performance.now() - startMs;
}

/** The other side. */
export async function receiveFrames(link: Link, totalBytes: number): Promise<void> {
  const reader = link.lane('bulk').frames.getReader();
  for (let bytes = 0; bytes < totalBytes; ) {
    const { done, value } = await reader.read();
    if (done) throw new Error('The link has closed.');
    bytes += value.length;
  }
  await link.lane('control').send(new Uint8Array(1));
}

/** Asks for an echo on the control lane every `pauseMs` until `isOver` settles. @returns the round trips. */
export async function askEcho(link: Link, pauseMs: number, isOver: Promise<unknown>): Promise<number[]> {
  const lane = link.lane('control');
  const reader = lane.frames.getReader();
  const roundTripsMs: number[] = [];
  const over = isOver.then(
    () => 'over',
    () => 'over',
  );
  for (;;) {
    const startMs = performance.now();
    await lane.send(new Uint8Array(200));
    if ((await reader.read()).done) break;
    roundTripsMs.push(performance.now() - startMs);
    const paused = new Promise((resolve) => setTimeout(resolve, pauseMs));
    if ((await Promise.race([over, paused])) === 'over') break;
  }
  reader.releaseLock();
  return roundTripsMs;
}

/** Answers everything on the control lane with itself until the link closes. */
export async function echo(link: Link): Promise<void> {
  const lane = link.lane('control');
  const reader = lane.frames.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await lane.send(value);
  }
}
