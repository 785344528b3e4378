import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import type { NetworkKind } from './nat.ts';
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
  const { alice, bob, aliceLog, bobLog, pages } = people;
  await people.become('cone');
  await aliceLog.acceptsFilesOf(FILE_BYTES);
  await bobLog.connects();
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  viewer = await bob.watches();
  await watchPicture(viewer);
});
afterAll(() => people?.close());

/** What a network of one kind goes through, and the way that both have there. */
interface Row {
  readonly kind: NetworkKind;
  readonly path: 'direct' | 'turn' | 'relay';
  readonly troubles: Readonly<Record<string, Trouble>>;
}

const ROWS: readonly Row[] = [
  {
    kind: 'cone',
    path: 'direct',
    troubles: {
      '5 s of silence': silence(5_000),
      '20 s of silence': silence(20_000),
      '60 s of silence': silence(60_000),
      'a pulled cable': unplug,
      'another address': moveAddress,
      'other mappings': rebind,
    },
  },
  { kind: 'symmetric', path: 'turn', troubles: { '20 s of silence': silence(20_000), 'other mappings': rebind } },
  // Last: pictures don't come over the relay, and the share is over.
  { kind: 'one-port', path: 'relay', troubles: { '20 s of silence': silence(20_000), 'another address': moveAddress } },
];

for (const { kind, path, troubles } of ROWS) {
  const hasPicture = path !== 'relay';
  describe(`${kind}, ${path}`, () => {
    beforeAll(async () => {
      const { aliceLog, bobLog, network, become } = people;
      const sinceMs = Date.now();
      await network.homes[0].limit(null);
      await become(kind);
      await Promise.all([aliceLog, bobLog].map((log) => log.connects(path, sinceMs)));
      // Not before: who comes from another path has to find this one first.
      await network.homes[0].limit(BITS_PER_SECOND);
    });

    for (const [index, [trouble, goes]] of Object.entries(Object.entries(troubles))) {
      test(`after ${trouble} everything goes on`, async () => {
        const { alice, bob, aliceLog, bobLog } = people;
        const name = `${trouble}, ${path}`;
        // Both may be back already.
        await Promise.all([aliceLog.connects(path), bobLog.connects(path)]);
        if (hasPicture) await pictureMovesAt(viewer);
        const fileName = `${path}-${index}.bin`;
        const file = await makeFile(bob.profile, fileName, FILE_BYTES);
        await bob.sendsFile(file);
        await bob.closesPopup();
        await viewer.bringToFront();
        await aliceLog.fileHas(fileName, MIB);
        const { backMs, tookMs: linesMs } = await goThrough(goes, people, name);
        // Where nothing was silent, what was on its way still moves it: only a later move counts.
        const pictureMs = hasPicture ? (await pictureMovesAt(viewer, backMs + Math.max(...linesMs))) - backMs : 0;
        const picture = hasPicture ? `, picture after ${pictureMs} ms` : '';
        console.log(`${name}: lines after ${linesMs[0]} and ${linesMs[1]} ms${picture}`);
        await aliceLog.fileIsSaved(fileName);
        expect(await sha256(alice.downloadPath(fileName))).toBe(await sha256(file));
        const told = [await aliceLog.told(backMs), await bobLog.told(backMs)].join('\n');
        expect(Math.max(...linesMs), told).toBeLessThanOrEqual(BACK_LIMIT_MS);
        expect(pictureMs, told).toBeLessThanOrEqual(PICTURE_LIMIT_MS);
      });
    }
  });
}
