import { expect } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { pairedTest } from '../support/people-test.ts';
import { limitSpace } from '../support/quota.ts';
import { holdDisk } from '../support/slow-disk.ts';
import { canMount, fillDisk, startsOnSmallDisk } from '../support/small-disk.ts';

const MIB = 1024 * 1024;

pairedTest('less room in the middle stops nothing: it was set aside', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'reserved.bin', 16 * MIB);
  const goOn = await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('reserved.bin');
  await bob.sees('50 %');
  await limitSpace(bob.browser, MIB);
  await goOn();
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('reserved.bin'))).toBe(await sha256(file));
});

pairedTest.skipIf(!canMount())(
  'a disk that is full in the middle loses nothing',
  async ({ people: { alice, bob } }) => {
    const file = await makeFile(alice.profile, 'overflow.bin', 16 * MIB);
    await startsOnSmallDisk(bob, 24 * MIB);
    await bob.sees('Direct');
    const goOn = await holdDisk(await alice.browser.offscreen(), 8);
    await alice.sendsFile(file);
    await bob.accepts('overflow.bin');
    await bob.sees('50 %');
    const makeRoom = await fillDisk(bob);
    await goOn();
    await bob.sees('There is not enough space where the files arrive.');
    await alice.sees('There is not enough space where the files arrive.');
    await makeRoom();
    await alice.clicks('Try again');
    await bob.sees('checked');
    expect(await sha256(bob.downloadPath('overflow.bin'))).toBe(await sha256(file));
  },
);
