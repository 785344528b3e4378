import { beforeEach, describe, expect, test } from 'vitest';
import { digest, randomFile } from '../support/file-pair.ts';
import { SharingPair } from '../support/sharing-pair.ts';

const MIB = 1024 * 1024;

let pair: SharingPair;
let file: File;
beforeEach(async () => {
  file = randomFile(4 * MIB);
  pair = await SharingPair.start();
  return () => {
    pair.bob.disk.goOn();
    pair.disconnect();
  };
});

async function offered(): Promise<string> {
  const id = await pair.alice.sends(file);
  await pair.bob.sees(id, 'offered');
  return id;
}

async function moving(): Promise<string> {
  pair.bob.disk.holdFrom(2);
  const id = await offered();
  pair.bob.accepts(id);
  await Promise.all([pair.alice.sees(id, 'moving'), pair.bob.sees(id, 'moving')]);
  return id;
}

async function arrives(id: string): Promise<void> {
  const { alice, bob } = pair;
  await Promise.all([alice.sees(id, 'done'), bob.sees(id, 'done')]);
  expect(await bob.downloaded('picture.png')).toBe(await digest(file));
  for (const person of [alice, bob]) await person.until('nothing is left', () => person.stored().length === 0);
}

describe('trying again', () => {
  test('what was declined asks once more', async () => {
    const { alice, bob } = pair;
    const id = await offered();
    bob.declines(id);
    await alice.sees(id, 'declined');
    await alice.retries(id);
    await bob.sees(id, 'offered');
    await bob.wasAsked(id, id);
    bob.accepts(id);
    await arrives(id);
  });

  test.each(['alice', 'bob'] as const)('what %s cancelled asks once more and begins anew', async (who) => {
    const { alice, bob } = pair;
    const id = await moving();
    pair[who].cancels(id);
    await Promise.all([alice.sees(id, 'cancelled'), bob.sees(id, 'cancelled')]);
    bob.disk.goOn();
    await bob.until('nothing is left', () => bob.stored().length === 0);
    await alice.retries(id);
    await bob.sees(id, 'offered');
    bob.accepts(id);
    await arrives(id);
  });

  test('what failed for want of room goes on with what is there', async () => {
    const { alice, bob } = pair;
    const id = await moving();
    await alice.until('half of it is there', () => bob.disk.taken === 2);
    bob.disk.isFull = true;
    bob.disk.goOn();
    await Promise.all([alice.sees(id, 'failed'), bob.sees(id, 'failed')]);
    expect(alice.transfer(id)).toMatchObject({ code: 'storage-full' });
    bob.disk.isFull = false;
    await alice.retries(id);
    await arrives(id);
    expect(bob.asked).toEqual([id]);
    expect(bob.disk.taken).toBe(4);
  });
});

test('accepted without a question up to a size: each transfer counts alone', async () => {
  const { alice, bob } = pair;
  bob.acceptUpToBytes = file.size;
  await pair.restart('bob');
  pair.connect();
  const [first, second, larger] = await Promise.all([
    alice.sends(file),
    alice.sends(randomFile(file.size, 'second.png')),
    alice.sends(randomFile(file.size + 1, 'larger.png')),
  ]);
  await Promise.all([bob.sees(first, 'done'), bob.sees(second, 'done'), bob.sees(larger, 'offered')]);
  await bob.wasAsked(larger);
});
