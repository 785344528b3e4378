import { describe, expect, it } from 'vitest';
import { BlockMemory } from '../../extension/core/files/block-memory.ts';
import { BLOCK_BYTES, WINDOW_BLOCKS } from '../../extension/core/files/blocks.ts';
import { createFilePair, digest, randomFile, randomId, sourceOf } from '../support/file-pair.ts';

describe('memory of blocks', () => {
  it('is handed out again, but never to two at once', () => {
    const memory = new BlockMemory();
    const first = memory.take(BLOCK_BYTES);
    const second = memory.take(BLOCK_BYTES);
    expect(second.buffer).not.toBe(first.buffer);
    memory.give(first.buffer);
    expect(memory.take(BLOCK_BYTES).buffer).toBe(first.buffer);
    expect(memory.take(BLOCK_BYTES).buffer).not.toBe(first.buffer);
  });

  it('has the length that was asked for, and room before it for the prefix of a leaf', () => {
    const memory = new BlockMemory();
    memory.give(memory.take(BLOCK_BYTES).buffer);
    for (const lengthBytes of [BLOCK_BYTES, 0, 1, 1234, BLOCK_BYTES - 1]) {
      const block = memory.take(lengthBytes);
      expect(block.length).toBe(lengthBytes);
      expect(block.byteOffset).toBe(1);
    }
  });

  it('is not hoarded', () => {
    const memory = new BlockMemory();
    const blocks = Array.from({ length: WINDOW_BLOCKS + 5 }, () => memory.take(BLOCK_BYTES));
    for (const { buffer } of blocks) memory.give(buffer);
    const again = Array.from({ length: WINDOW_BLOCKS + 5 }, () => memory.take(BLOCK_BYTES).buffer);
    expect(again.filter((buffer) => blocks.some((block) => block.buffer === buffer))).toHaveLength(WINDOW_BLOCKS);
    for (const buffer of again) memory.give(buffer);
    memory.clear();
    expect(again).not.toContain(memory.take(BLOCK_BYTES).buffer);
  });

  it('of several transfers over several lanes never mixes their bytes', async () => {
    const late = () => new Promise<void>((resolve) => setImmediate(resolve));
    const { alice, bob } = createFilePair({ link: { bulkLanes: 4, delay: late } });
    bob.acceptAll();
    const files = Array.from({ length: 4 }, (_, index) => randomFile((3 + index) * BLOCK_BYTES + index));
    const ids = files.map(() => randomId());
    await Promise.all(ids.map((id, index) => alice.exchange.offer(id, sourceOf(files[index] ?? expect.fail()))));
    for (const [index, id] of ids.entries())
      expect(await digest(await bob.content(id))).toBe(await digest(files[index]));
  });
});
