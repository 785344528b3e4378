import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, KEPT_PARTS, MAX_CHUNK_BYTES, partBytes } from '../../extension/core/files/blocks.ts';
import { decodeFrame, encodeBlockEnd, encodeChunk, encodeEnd } from '../../extension/core/files/frames.ts';
import { KeptParts } from '../../extension/core/files/kept-parts.ts';
import { FileAccept, type FileMessage } from '../../extension/core/protocol/messages.ts';
import { createFilePair, digest, type FilePairOptions, randomId, sourceOf, TestSide } from '../support/file-pair.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

type Accept = Extract<FileMessage, { type: 'file-accept' }>;

const content = randomBytes(BLOCK_BYTES + 5);
const sha256 = (...parts: Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (block: Uint8Array) => sha256(Uint8Array.of(0), block);
const blockOf = (index: number) => content.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
const leaves = [leafOf(blockOf(0)), leafOf(blockOf(1))] as const;

/** Bob has accepted a file of two blocks from somebody made up; `chunks` of its first block came before the link went. */
async function cutVictim(chunks = 3) {
  const bob = new TestSide({}, undefined);
  const heard: FileMessage[] = [];
  const id = randomId();
  let link = createMemoryLinks();
  const accepts = () => heard.filter((message): message is Accept => message.type === 'file-accept');
  const attach = async () => {
    const { length } = accepts();
    bob.other = { receive: (message) => heard.push(message) };
    bob.exchange.attach(link.b);
    while (accepts().length === length) await Promise.resolve();
    return accepts().at(-1) ?? expect.fail();
  };
  const send = (...frames: Uint8Array[]) => Promise.all(frames.map((frame) => link.a.lane('bulk').send(frame)));
  const details = { form: 'file', name: 'gift.bin', count: 1, manifestBytes: 0, mime: '', modifiedAt: 0 } as const;
  bob.exchange.receive({ type: 'file-offer', id, at: 0, ...details, sizeBytes: content.length });
  bob.exchange.answer(id, true);
  const first = await attach();
  expect(first.parts).toEqual([]);
  const reader = link.a.lane('bulk').frames.getReader();
  await send(...chunksOf(first.stream, 0, 0).slice(0, chunks));
  // It has all of it.
  const sentBytes = chunks * (MAX_CHUNK_BYTES + 13);
  for (let got = 0; got < sentBytes; ) {
    const frame = decodeFrame((await reader.read()).value ?? new Uint8Array());
    if (frame.type === 'ack') got = frame.received;
  }
  link.cut();
  bob.exchange.detach();
  link = createMemoryLinks();
  const accept = await attach();
  return { bob, id, accept, send, heard };
}

function chunksOf(stream: number, block: number, from: number): Uint8Array[] {
  const bytes = blockOf(block);
  const frames: Uint8Array[] = [];
  for (let at = from; at < bytes.length; at += MAX_CHUNK_BYTES)
    frames.push(encodeChunk(stream, block, at, bytes.subarray(at, at + MAX_CHUNK_BYTES)));
  return frames;
}

/** The rest, from `from` of the first block on. */
function framesFrom(stream: number, from: number): Uint8Array[] {
  return [
    ...chunksOf(stream, 0, from),
    encodeBlockEnd(stream, 0, 0, leaves[0]),
    ...chunksOf(stream, 1, 0),
    encodeBlockEnd(stream, 1, 0, leaves[1]),
    encodeEnd(stream, sha256(Uint8Array.of(1), ...leaves)),
  ];
}

describe('a receiver that has part of a block', () => {
  it('says so on the next link, and the sender goes on from there', async () => {
    const { bob, id, accept, send } = await cutVictim();
    expect(accept.parts).toEqual([{ block: 0, bytes: 3 * MAX_CHUNK_BYTES }]);
    await send(...framesFrom(accept.stream, 3 * MAX_CHUNK_BYTES));
    expect(await digest(await bob.content(id))).toBe(createHash('sha256').update(content).digest('hex'));
    expect((await bob.arrived(id)).outcome).toMatchObject({ repeatedBytes: 0, badBlocks: 0 });
  });

  it('takes the block from its beginning too', async () => {
    const { bob, id, accept, send } = await cutVictim();
    await send(...framesFrom(accept.stream, 0));
    expect(await digest(await bob.content(id))).toBe(createHash('sha256').update(content).digest('hex'));
    expect((await bob.arrived(id)).outcome).toMatchObject({ repeatedBytes: 3 * MAX_CHUNK_BYTES, badBlocks: 0 });
  });

  it('always wants one chunk more', async () => {
    const { accept } = await cutVictim(16);
    expect(accept.parts).toEqual([{ block: 0, bytes: BLOCK_BYTES - 16_384 }]);
  });

  it.each<[string, (stream: number) => Uint8Array[]]>([
    ['before it', (stream) => chunksOf(stream, 0, 2 * MAX_CHUNK_BYTES)],
    ['behind it', (stream) => chunksOf(stream, 0, 4 * MAX_CHUNK_BYTES)],
    ['nowhere: the block just ends', (stream) => [encodeBlockEnd(stream, 0, 0, leaves[0])]],
    [
      'there and ends it as packed',
      (stream) => [...chunksOf(stream, 0, 3 * MAX_CHUNK_BYTES), encodeBlockEnd(stream, 0, 1, leaves[0])],
    ],
    [
      'there, twice',
      (stream) => [...chunksOf(stream, 0, 3 * MAX_CHUNK_BYTES), ...chunksOf(stream, 0, 3 * MAX_CHUNK_BYTES)],
    ],
  ])('ends the transfer of a sender that goes on %s', async (_, frames) => {
    const { bob, id, accept, send } = await cutVictim();
    await send(...frames(accept.stream));
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    await bob.exchange.close({ remove: false });
    expect(bob.store.disk.files.size).toBe(0);
  });

  it('finds out when the rest is of another block', async () => {
    const { bob, id, accept, send } = await cutVictim();
    const from = 3 * MAX_CHUNK_BYTES;
    await send(...chunksOf(accept.stream, 0, from).map((frame) => frame.map((byte, at) => (at < 13 ? byte : 0))));
    await send(encodeBlockEnd(accept.stream, 0, 0, leaves[0]));
    await send(...framesFrom(accept.stream, 0).slice(17));
    // The block is asked for again, and whole.
    await bob.until(() => bob.store.written.includes(1) || bob.store.written.length === 1);
    await send(...framesFrom(accept.stream, 0).slice(0, 17));
    expect(await digest(await bob.content(id))).toBe(createHash('sha256').update(content).digest('hex'));
    expect((await bob.arrived(id)).outcome.badBlocks).toBe(1);
  });
});

describe('parts in memory', () => {
  const bytes = () => new Uint8Array(BLOCK_BYTES);

  it('are never more than fit, the newest stay, and what goes is counted as wasted', () => {
    const parts = new KeptParts();
    const owners = [{}, {}] as const;
    let wasted = 0;
    for (let index = 0; index < KEPT_PARTS + 2; index++)
      parts.keep(owners[index < 2 ? 0 : 1], { index, bytes: bytes() }, 40_000 + index, (more) => {
        wasted += more;
      });
    expect(parts.of(owners[0])).toEqual([]);
    expect(parts.of(owners[1]).map(({ offset }) => offset)).toEqual(Array(KEPT_PARTS).fill(32_768));
    const tails = Array.from({ length: KEPT_PARTS + 2 }, (_, index) => 40_000 + index - 32_768);
    expect(wasted).toBe(tails.reduce((sum, tail) => sum + tail, 2 * 32_768));
    parts.drop(owners[1]);
    expect(parts.of(owners[1])).toEqual([]);
  });

  it.each([
    [0, 0],
    [16_383, 0],
    [16_384, 16_384],
    [BLOCK_BYTES - 1, BLOCK_BYTES - 16_384],
    [BLOCK_BYTES, BLOCK_BYTES - 16_384],
  ])('of %i bytes are told as %i', (arrived, told) => {
    expect(partBytes(arrived, BLOCK_BYTES)).toBe(told);
  });

  it('of a block that is shorter than a chunk are none', () => {
    expect(partBytes(16_384, 16_384)).toBe(0);
    expect(partBytes(5, 5)).toBe(0);
  });
});

describe('a message about parts', () => {
  const accept = { type: 'file-accept', id: randomId(), stream: 1, from: 0, also: [] };
  const isRight = (parts: unknown) => v.safeParse(FileAccept, { ...accept, parts }).success;

  it.each([
    [[]],
    [undefined],
    [[{ block: 0, bytes: 16_384 }]],
    [[{ block: 0xffff_ffff, bytes: BLOCK_BYTES - 16_384 }]],
  ])('with %j is taken', (parts) => {
    expect(isRight(parts)).toBe(true);
  });

  it.each([
    [null],
    [[{ block: 0, bytes: 0 }]],
    [[{ block: 0, bytes: 16_385 }]],
    [[{ block: 0, bytes: BLOCK_BYTES }]],
    [[{ block: 0, bytes: -16_384 }]],
    [[{ block: -1, bytes: 16_384 }]],
    [[{ block: 0.5, bytes: 16_384 }]],
    [Array(65).fill({ block: 0, bytes: 16_384 })],
  ])('with %j is refused', (parts) => {
    expect(isRight(parts)).toBe(false);
  });
});

/** Alice's first offsets of each block on each link, while Bob is cut off after 1.5 blocks. */
async function cutSender(options: FilePairOptions, change: (accept: Accept) => FileMessage) {
  const begun: { block: number; offset: number }[][] = [[]];
  let left = 1.5 * BLOCK_BYTES;
  let reached = () => {};
  const cut = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const tamper = (frame: Uint8Array<ArrayBuffer>) => {
    const chunk = decodeFrame(frame);
    if (chunk.type !== 'chunk') return [frame];
    if (!begun.at(-1)?.some(({ block }) => block === chunk.block)) begun.at(-1)?.push(chunk);
    left -= frame.length;
    if (left <= 0) reached();
    return [frame];
  };
  const pair = createFilePair({ ...options, link: { tamper } });
  // Hexadecimal digits pack to little more than half.
  const file = new File([randomBytes(2.5 * BLOCK_BYTES).toString('hex')], 'digits.txt');
  const id = randomId();
  pair.bob.acceptAll();
  await pair.alice.exchange.offer(id, sourceOf(file));
  await cut;
  pair.disconnect();
  begun.push([]);
  pair.reconnect();
  pair.bob.other = {
    receive: (message) => pair.alice.exchange.receive(message.type === 'file-accept' ? change(message) : message),
  };
  expect(await digest(await pair.bob.content(id))).toBe(await digest(file));
  await pair.alice.reached(id, 'done');
  const offsets = (begun[1] ?? []).map(({ block, offset }) => ({ block, offset }));
  return { pair, id, offsets, outcome: (await pair.bob.arrived(id)).outcome };
}

describe('a sender', () => {
  it('goes on with what it had begun plain', async () => {
    let parts: Accept['parts'] = [];
    const { offsets, outcome } = await cutSender({}, (accept) => {
      parts = accept.parts;
      return accept;
    });
    // Where the cut falls is left to chance.
    const told = new Map(parts?.map(({ block, bytes }) => [block, bytes]));
    expect(offsets.map(({ offset }) => offset)).toEqual(offsets.map(({ block }) => told.get(block) ?? 0));
    expect(outcome.repeatedBytes).toBeLessThan(16_384);
  });

  it('begins again with what it had packed', async () => {
    const { offsets } = await cutSender(
      { alice: { encode: async (input) => ({ bytes: await deflated(input.subarray(1)), encoding: 1 }) } },
      (accept) => accept,
    );
    expect(offsets.every(({ offset }) => offset === 0)).toBe(true);
  });

  it('begins again for an older receiver', async () => {
    const { offsets } = await cutSender({}, ({ parts: _, ...accept }) => accept);
    expect(offsets.every(({ offset }) => offset === 0)).toBe(true);
  });

  it('believes nothing of blocks that it had not begun, that are there, or do not exist', async () => {
    const { offsets } = await cutSender({}, (accept) => ({
      ...accept,
      parts: [0, 4, 5, 70, 0xffff_ffff].map((block) => ({ block, bytes: 16_384 })),
    }));
    expect(offsets.every(({ offset }) => offset === 0)).toBe(true);
  });
});

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
