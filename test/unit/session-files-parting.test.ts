import { beforeEach, describe, expect, test } from 'vitest';
import { digest, randomFile } from '../support/file-pair.ts';
import { SharingPair } from '../support/sharing-pair.ts';

const MIB = 1024 * 1024;

let pair: SharingPair;
let file: File;
beforeEach(async () => {
  file = randomFile(3 * MIB + 5);
  pair = await SharingPair.start();
  return () => {
    pair.bob.disk.goOn();
    pair.disconnect();
  };
});

/** What a transfer is doing while something happens to it. */
const situations = {
  offered: async () => {
    const id = await pair.alice.sends(file);
    await pair.bob.sees(id, 'offered');
    return id;
  },
  moving: async () => {
    pair.bob.disk.holdFrom(2);
    const id = await situations.offered();
    pair.bob.accepts(id);
    await pair.bob.sees(id, 'moving');
    await pair.alice.sees(id, 'moving');
    return id;
  },
  interrupted: async () => {
    const id = await situations.moving();
    pair.disconnect();
    await Promise.all([pair.alice.sees(id, 'interrupted'), pair.bob.sees(id, 'interrupted')]);
    pair.bob.disk.goOn();
    return id;
  },
  saving: async () => {
    pair.bob.downloadsHang = true;
    const id = await situations.offered();
    pair.bob.accepts(id);
    await Promise.all([pair.alice.sees(id, 'done'), pair.bob.sees(id, 'saving')]);
    return id;
  },
  ready: async () => {
    const id = await pair.alice.sends(...Array.from({ length: 301 }, (_, index) => new File(['hello'], `${index}`)));
    await pair.bob.sees(id, 'offered');
    pair.bob.accepts(id);
    await Promise.all([pair.alice.sees(id, 'done'), pair.bob.sees(id, 'ready')]);
    return id;
  },
};
type Situation = keyof typeof situations;
const SITUATIONS: Situation[] = ['offered', 'moving', 'interrupted', 'saving', 'ready'];

/** Nothing of any transfer is left on the disk of either. */
async function nothingIsLeft(): Promise<void> {
  for (const person of [pair.alice, pair.bob])
    await person.until('nothing is left', () => person.stored().length === 0);
}

/** Alice sends once more, and it arrives. */
async function sendsAnother(): Promise<void> {
  const { alice, bob } = pair;
  bob.downloadsHang = false;
  bob.disk.goOn();
  const other = randomFile(MIB + 1, 'other.png');
  const id = await alice.sends(other);
  await bob.sees(id, 'offered');
  bob.accepts(id);
  await Promise.all([alice.sees(id, 'done'), bob.sees(id, 'done')]);
  expect(await bob.downloaded('other.png')).toBe(await digest(other));
}

describe('wiping history', () => {
  test.each(SITUATIONS)('by the receiver while it is %s ends it on both sides', async (situation) => {
    const { alice, bob } = pair;
    const id = await situations[situation]();
    const wasWhole = situation === 'saving' || situation === 'ready';
    await bob.wipes();
    expect(bob.items()).toEqual([]);
    if (situation === 'interrupted') pair.connect();
    if (situation === 'offered') expect(await alice.sees(id, 'declined')).toMatchObject({ byMe: false });
    else if (!wasWhole) expect(await alice.sees(id, 'cancelled')).toMatchObject({ byMe: false });
    expect(bob.downloads.size).toBe(0);
    await nothingIsLeft();
    await sendsAnother();
    expect(bob.items()).toHaveLength(1);
  });

  test.each(SITUATIONS)('by the sender while it is %s ends what is not there yet', async (situation) => {
    const { alice, bob } = pair;
    const id = await situations[situation]();
    await alice.wipes();
    expect(alice.items()).toEqual([]);
    if (situation === 'interrupted') pair.connect();
    if (situation === 'saving') {
      bob.downloadsHang = false;
      expect(bob.transfer(id)).toMatchObject({ state: 'saving' });
    } else if (situation === 'ready') expect(bob.transfer(id)).toMatchObject({ state: 'ready' });
    else expect(await bob.sees(id, 'cancelled')).toMatchObject({ byMe: false });
    if (bob.transfer(id)?.state !== 'cancelled') bob.cancels(id);
    await nothingIsLeft();
    await sendsAnother();
  });

  test('of what had failed: another try is a new question', async () => {
    const { alice, bob } = pair;
    const id = await situations.moving();
    bob.disk.isFull = true;
    bob.disk.goOn();
    await Promise.all([alice.sees(id, 'failed'), bob.sees(id, 'failed')]);
    await bob.wipes();
    bob.disk.isFull = false;
    await alice.retries(id);
    await bob.sees(id, 'offered');
    await bob.wasAsked(id, id);
    expect(bob.stored()).toEqual([]);
    bob.accepts(id);
    await Promise.all([alice.sees(id, 'done'), bob.sees(id, 'done')]);
    expect(await bob.downloaded('picture.png')).toBe(await digest(file));
  });
});

describe('the end of a pairing', () => {
  test.each(SITUATIONS)('forgotten by the receiver while it is %s: nothing of it stays', async (situation) => {
    const { alice, bob } = pair;
    const id = await situations[situation]();
    await bob.forgets();
    pair.disconnect();
    alice.isUnpaired();
    const wasWhole = situation === 'saving' || situation === 'ready';
    expect(alice.transfer(id)).toMatchObject(wasWhole ? { state: 'done' } : { state: 'failed', code: 'peer-unpaired' });
    await bob.until('nothing is left', () => bob.stored().length === 0);
    expect(bob.downloads.size).toBe(0);
    await alice.removes(id);
    await nothingIsLeft();
  });

  test.each(SITUATIONS)('forgotten by the sender while it is %s: what is whole can be saved', async (situation) => {
    const { alice, bob } = pair;
    const id = await situations[situation]();
    await alice.forgets();
    pair.disconnect();
    bob.isUnpaired();
    if (situation === 'ready') {
      bob.do((files) => files.saveZip(id));
      await bob.sees(id, 'done');
      expect([...bob.downloads.keys()]).toEqual(['Pairwise/0.zip']);
    } else if (situation === 'saving') expect(bob.transfer(id)).toMatchObject({ state: 'saving' });
    else expect(bob.transfer(id)).toMatchObject({ state: 'failed', code: 'peer-unpaired' });
    if (situation === 'saving') bob.cancels(id);
    await nothingIsLeft();
  });
});

describe('blocking', () => {
  test.each(['alice', 'bob'] as const)('by %s holds up what moves, and it goes on afterwards', async (who) => {
    const { alice, bob } = pair;
    const id = await situations.moving();
    pair[who].blocks();
    pair.disconnect();
    await Promise.all([alice.sees(id, 'interrupted'), bob.sees(id, 'interrupted')]);
    bob.disk.goOn();
    pair.connect();
    await Promise.all([alice.sees(id, 'done'), bob.sees(id, 'done')]);
    expect(await bob.downloaded('picture.png')).toBe(await digest(file));
    await nothingIsLeft();
  });

  test('what was cancelled meanwhile is told afterwards', async () => {
    const { alice, bob } = pair;
    const id = await situations.interrupted();
    bob.cancels(id);
    pair.connect();
    expect(await alice.sees(id, 'cancelled')).toMatchObject({ byMe: false });
  });
});
