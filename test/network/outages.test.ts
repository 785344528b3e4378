import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { meetBehindRouters, type PeopleBehindRouters } from './people-behind-routers.ts';
import { pictureMovesAt, watchPicture } from './picture-log.ts';
import { goThrough, moveAddress, rebind, silence, type Trouble, unplug } from './troubles.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 8 * MIB;
/** Slow enough that a file is still on its way when the network goes. */
const BITS_PER_SECOND = 12_000_000;
/** From the network's return. Generous, since other work may want the computer: how fast it is, `npm run bench -- connect` says. */
const BACK_LIMIT_MS = 15_000;
/** The picture has a connection of its own, and follows the session. */
const PICTURE_LIMIT_MS = 20_000;

let people: PeopleBehindRouters;
let viewer: Page;

beforeAll(async () => {
  people = await meetBehindRouters();
  const { alice, bob, aliceLog, bobLog, network, pages } = people;
  await people.become('cone');
  await network.homes[0].limit(BITS_PER_SECOND);
  await aliceLog.acceptsFilesOf(FILE_BYTES);
  await bobLog.connects();
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  viewer = await bob.watches();
  await watchPicture(viewer);
});
afterAll(() => people?.close());

const TROUBLES: Readonly<Record<string, Trouble>> = {
  '5 s of silence': silence(5_000),
  '20 s of silence': silence(20_000),
  '60 s of silence': silence(60_000),
  'a pulled cable': unplug,
  'another address': moveAddress,
  'other mappings': rebind,
};

for (const [index, [name, trouble]] of Object.entries(TROUBLES).entries()) {
  test(`after ${name} everything goes on`, async () => {
    const { alice, bob, aliceLog, bobLog } = people;
    // Both may be back already.
    await Promise.all([aliceLog.connects(), bobLog.connects(), pictureMovesAt(viewer)]);
    const fileName = `${index}.bin`;
    const file = await makeFile(bob.profile, fileName, FILE_BYTES);
    await bob.sendsFile(file);
    await bob.closesPopup();
    await viewer.bringToFront();
    await aliceLog.fileHas(fileName, MIB);
    const { backMs, tookMs: linesMs } = await goThrough(trouble, people, name);
    // Where nothing was silent, what was on its way still moves it: only a later move counts.
    const pictureMs = (await pictureMovesAt(viewer, backMs + Math.max(...linesMs))) - backMs;
    console.log(`${name}: lines after ${linesMs[0]} and ${linesMs[1]} ms, picture after ${pictureMs} ms`);
    await aliceLog.fileIsSaved(fileName);
    expect(await sha256(alice.downloadPath(fileName))).toBe(await sha256(file));
    const told = [await aliceLog.told(backMs), await bobLog.told(backMs)].join('\n');
    expect(Math.max(...linesMs), told).toBeLessThanOrEqual(BACK_LIMIT_MS);
    expect(pictureMs, told).toBeLessThanOrEqual(PICTURE_LIMIT_MS);
  });
}
