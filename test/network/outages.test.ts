import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import type { Home } from './nat.ts';
import { meetBehindRouters, type PeopleBehindRouters } from './people-behind-routers.ts';
import { pictureMovesAt, watchPicture } from './picture-log.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 8 * MIB;
/** Slow enough that a file is still on its way when the network goes. */
const BITS_PER_SECOND = 12_000_000;
/** From the network's return. */
const BACK_LIMIT_MS = 3_000;
const UNPLUGGED_MS = 3_000;

let people: PeopleBehindRouters;
let viewer: Page;

beforeAll(async () => {
  people = await meetBehindRouters();
  const { alice, bob, bobLog, network, pages } = people;
  await people.become('cone');
  await network.homes[0].limit(BITS_PER_SECOND);
  await bobLog.acceptsFilesOf(FILE_BYTES);
  await bobLog.connects();
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  viewer = await bob.watches();
  await watchPicture(viewer);
});
afterAll(() => people?.close());

/** What happens to Alice's network, until it works again. `meanwhile` is when it doesn't. */
type Trouble = (home: Home, meanwhile: () => Promise<void>) => Promise<void>;

const silence =
  (ms: number): Trouble =>
  async (home, meanwhile) => {
    await home.drop('all');
    await meanwhile();
    await delay(ms);
    await home.drop(null);
  };

const TROUBLES: Readonly<Record<string, Trouble>> = {
  '5 s of silence': silence(5_000),
  '20 s of silence': silence(20_000),
  '60 s of silence': silence(60_000),
  'a pulled cable': async (home, meanwhile) => {
    await home.plug(false);
    await meanwhile();
    await delay(UNPLUGGED_MS);
    await home.plug(true);
  },
  'another address': async (home, meanwhile) => {
    await home.changeAddress();
    await meanwhile();
  },
  'other mappings': async (home, meanwhile) => {
    await home.rebind();
    await meanwhile();
  },
};

for (const [index, [name, trouble]] of Object.entries(TROUBLES).entries()) {
  test(`after ${name} everything goes on`, async () => {
    const { alice, bob, aliceLog, bobLog, network } = people;
    const [home] = network.homes;
    await Promise.all([aliceLog.connects(), bobLog.connects(), pictureMovesAt(viewer)]);
    const fileName = `${index}.bin`;
    const file = await makeFile(alice.profile, fileName, FILE_BYTES);
    await alice.sendsFile(file);
    await alice.closesPopup();
    await bobLog.fileHas(fileName, MIB);
    await trouble(home, async () => {
      await Promise.all([aliceLog.says(`Alice during ${name}`), bobLog.says(`Bob during ${name}`)]);
    });
    const backMs = Date.now();
    const heardMs = await Promise.all([bobLog.hears(`Alice during ${name}`), aliceLog.hears(`Bob during ${name}`)]);
    const movesMs = await pictureMovesAt(viewer, backMs);
    const tookMs = [...heardMs, movesMs].map((atMs) => atMs - backMs);
    console.log(`${name}: lines after ${tookMs[0]} and ${tookMs[1]} ms, picture after ${tookMs[2]} ms`);
    await bobLog.fileIsSaved(fileName);
    expect(await sha256(bob.downloadPath(fileName))).toBe(await sha256(file));
    const told = [await aliceLog.told(backMs), await bobLog.told(backMs)].join('\n');
    expect(Math.max(...tookMs), told).toBeLessThanOrEqual(BACK_LIMIT_MS);
  });
}
