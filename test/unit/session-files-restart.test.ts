import { beforeEach, describe, expect, test } from 'vitest';
import { digest, randomFile } from '../support/file-pair.ts';
import { SharingPair } from '../support/sharing-pair.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;

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

/** Two of four blocks are on Bob's disk, and no more come before `goOn`. */
async function half(): Promise<string> {
  const { alice, bob } = pair;
  bob.disk.holdFrom(2);
  const id = await alice.sends(file);
  await bob.sees(id, 'offered');
  bob.accepts(id);
  await alice.until('half of it is there', () => {
    const transfer = alice.transfer(id);
    return transfer?.state === 'moving' && transfer.bytes >= 2 * MIB;
  });
  return id;
}

async function arrives(id: string): Promise<void> {
  const { alice, bob } = pair;
  await Promise.all([alice.sees(id, 'done'), bob.sees(id, 'done')]);
  expect(await bob.downloaded('picture.png')).toBe(await digest(file));
  for (const person of [alice, bob]) await person.until('nothing is left', () => person.stored().length === 0);
}

const partsOf = (id: string) => [`incoming/${pair.alice.id}/${id}`, `incoming/${pair.alice.id}/${id}.leaves`];

test('a long check of what is there is shown, and a restart in the middle of it loses nothing', async () => {
  const { bob } = pair;
  const id = await half();
  for (let restarts = 0; restarts < 2; restarts++) {
    let end = () => {};
    await pair.restart('bob', () => {
      bob.disk.goOn();
      end = bob.disk.holdOpening();
    });
    await bob.sees(id, 'checking');
    if (restarts === 0) continue;
    end();
    await bob.sees(id, 'interrupted');
  }
  pair.connect();
  await arrives(id);
  expect(bob.disk.taken).toBe(4);
});

describe('what is swept away at the start', () => {
  test.each([
    ['6 days go on', 6, 4],
    ['8 days begin again', 8, 6],
  ])('parts that have waited for %s', async (_, days, blocks) => {
    const { bob } = pair;
    const id = await half();
    await pair.restart('bob', () => {
      for (const path of partsOf(id)) bob.opfs.age(path, days * DAY_MS);
      bob.disk.goOn();
    });
    pair.connect();
    await arrives(id);
    expect(bob.disk.taken).toBe(blocks);
  });

  test('parts and copies that nobody knows', async () => {
    const { bob, alice } = pair;
    const id = await half();
    const orphan = 'o'.repeat(22);
    await pair.restart('bob', () => {
      for (const path of [
        `incoming/${orphan}/${orphan}`,
        `incoming/${alice.id}/${orphan}.leaves`,
        `outgoing/${orphan}`,
      ])
        bob.opfs.put(path, new Uint8Array(5));
      bob.opfs.put(`zips/${orphan}`, new Uint8Array(5));
    });
    expect(bob.stored()).toEqual(partsOf(id));
    bob.disk.goOn();
    pair.connect();
    await arrives(id);
  });
});

describe('a hold', () => {
  test.each([
    ['alice', 'alice'],
    ['alice', 'bob'],
    ['bob', 'alice'],
    ['bob', 'bob'],
  ] as const)('by %s lasts over a restart of %s', async (holder, restarted) => {
    const { alice, bob } = pair;
    const id = await half();
    pair[holder].pauses(id, true);
    await Promise.all([alice.sees(id, 'paused'), bob.sees(id, 'paused')]);
    await pair.restart(restarted);
    expect(pair[holder].transfer(id)).toMatchObject({ state: 'paused', byMe: true });
    bob.disk.goOn();
    pair.connect();
    const isHeld = () => alice.transfer(id)?.state === 'paused' && bob.transfer(id)?.state === 'paused';
    await bob.until('both see it held', isHeld);
    pair[holder].pauses(id, false);
    await arrives(id);
  });

  test.each(['alice', 'bob'] as const)('of %s begins or ends before the other is back', async (who) => {
    const { alice, bob } = pair;
    const id = await half();
    await pair.restart(who);
    pair[who].pauses(id, true);
    await pair[who].sees(id, 'paused');
    bob.disk.goOn();
    pair.connect();
    await Promise.all([alice.sees(id, 'paused'), bob.sees(id, 'paused')]);
    await pair.restart(who);
    pair[who].pauses(id, false);
    await pair[who].sees(id, 'interrupted');
    pair.connect();
    await arrives(id);
  });
});

describe('news that a restart overtakes', () => {
  test.each(['cancels', 'wipes'] as const)('the receiver %s while it is alone, and restarts', async (act) => {
    const { alice, bob } = pair;
    const id = await half();
    pair.disconnect();
    await bob.sees(id, 'interrupted');
    await bob[act](id);
    bob.disk.goOn();
    await pair.restart('bob');
    expect(alice.transfer(id)).toMatchObject({ state: 'interrupted' });
    pair.connect();
    expect(await alice.sees(id, 'cancelled')).toMatchObject({ byMe: false });
    expect(bob.items().map(({ transfer }) => transfer.state)).toEqual(act === 'wipes' ? [] : ['cancelled']);
    await bob.until('nothing is left', () => bob.stored().length === 0);
  });

  test('the sender cancels while it is alone, and restarts', async () => {
    const { alice, bob } = pair;
    const id = await half();
    pair.disconnect();
    await alice.sees(id, 'interrupted');
    alice.cancels(id);
    await pair.restart('alice');
    bob.disk.goOn();
    pair.connect();
    expect(await bob.sees(id, 'cancelled')).toMatchObject({ byMe: false });
    await bob.until('nothing is left', () => bob.stored().length === 0);
  });

  test('the receiver cancels right after its restart', async () => {
    const { alice, bob } = pair;
    const id = await half();
    await pair.restart('bob');
    bob.cancels(id);
    bob.disk.goOn();
    pair.connect();
    expect(await alice.sees(id, 'cancelled')).toMatchObject({ byMe: false });
    expect(bob.transfer(id)).toMatchObject({ state: 'cancelled', byMe: true });
    await bob.until('nothing is left', () => bob.stored().length === 0);
  });

  test('it is accepted after a restart, before the sender is back', async () => {
    const { alice, bob } = pair;
    const id = await alice.sends(file);
    await bob.sees(id, 'offered');
    await pair.restart('bob');
    bob.accepts(id);
    expect(bob.transfer(id)).toMatchObject({ state: 'interrupted' });
    pair.connect();
    await arrives(id);
  });
});

describe('what is whole', () => {
  test('and waits for a word is still there after a restart, and becomes a zip', async () => {
    const { alice, bob } = pair;
    const id = await alice.sends(...Array.from({ length: 301 }, (_, index) => new File(['hello'], `${index}.txt`)));
    await bob.sees(id, 'offered');
    bob.accepts(id);
    await bob.sees(id, 'ready');
    await alice.sees(id, 'done');
    await pair.restart('bob');
    await bob.sees(id, 'ready');
    await bob.until('it is read again', () => {
      bob.do((files) => files.saveZip(id));
      return bob.transfer(id)?.state !== 'ready';
    });
    await bob.sees(id, 'done');
    expect([...bob.downloads.keys()]).toEqual(['Pairwise/0.txt.zip']);
    await bob.until('nothing is left', () => bob.stored().length === 0);
  });

  test.each(['save-failed', 'save-full'] as const)('and could not be saved (%s) is saved later', async (code) => {
    const { alice, bob } = pair;
    bob.downloadFails = code;
    const id = await alice.sends(file);
    await bob.sees(id, 'offered');
    bob.accepts(id);
    expect(await bob.sees(id, 'failed')).toEqual({ state: 'failed', code, bytes: file.size });
    await bob.retries(id);
    await bob.sees(id, 'failed');
    await pair.restart('bob');
    bob.downloadFails = null;
    await bob.retries(id);
    await arrives(id);
  });

  test('and is not wanted while it is saved leaves nothing', async () => {
    const { alice, bob } = pair;
    bob.downloadsHang = true;
    const id = await alice.sends(file);
    await bob.sees(id, 'offered');
    bob.accepts(id);
    await bob.sees(id, 'saving');
    bob.cancels(id);
    expect(bob.transfer(id)).toEqual({ state: 'cancelled', byMe: true });
    await bob.until('nothing is left', () => bob.stored().length === 0);
    expect(bob.downloads.size).toBe(0);
    await alice.sees(id, 'done');
    await pair.restart('bob');
    expect(bob.transfer(id)).toEqual({ state: 'cancelled', byMe: true });
  });
});
