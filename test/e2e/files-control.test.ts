import { truncate } from 'node:fs/promises';
import { expect } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { pairedTest } from '../support/people-test.ts';
import { holdDisk } from '../support/slow-disk.ts';

const MIB = 1024 * 1024;

pairedTest('each side can hold a transfer, and it moves when nobody does', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'long.bin', 16 * MIB);
  const goOn = await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('long.bin');
  await bob.sees('50 %');
  await alice.clicks('Pause');
  await bob.sees('Paused by Alice');
  await alice.clicks('Continue');
  await bob.clicks('Pause');
  await alice.sees('Paused by Bob');
  await goOn();
  await bob.clicks('Continue');
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('long.bin'))).toBe(await sha256(file));
});

pairedTest('either side can end a transfer, and the sender can start it again', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'unsure.bin', 16 * MIB);
  await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('unsure.bin');
  await bob.sees('50 %');
  await bob.clicks('Cancel');
  await Promise.all([bob.sees('You cancelled'), alice.sees('Bob cancelled')]);
  await alice.clicks('Try again');
  await bob.accepts('unsure.bin');
  await alice.clicks('Cancel');
  await Promise.all([alice.sees('You cancelled'), bob.sees('Alice cancelled')]);
});

pairedTest('small files come without a question once Bob has said so', async ({ people: { alice, bob } }) => {
  await alice.sendsFile(await makeFile(alice.profile, 'first.bin', MIB));
  await bob.sees('first.bin');
  await bob.clicks('Always accept from Alice up to', 'checkbox');
  await bob.receives('first.bin');
  const second = await makeFile(alice.profile, 'second.bin', 2 * MIB);
  await alice.sendsFile(second);
  await alice.sees('arrived whole');
  await bob.sees('second.bin');
  await expect.poll(() => sha256(bob.downloadPath('second.bin'))).toBe(await sha256(second));
  const large = await makeFile(alice.profile, 'large.bin', MIB);
  await truncate(large, 11e6);
  await alice.sendsFile(large);
  await bob.sees('Accept');
});

pairedTest('both send at the same time, and write meanwhile', async ({ people: { alice, bob, problems } }) => {
  const [there, back] = await Promise.all([
    makeFile(alice.profile, 'there.bin', 24 * MIB),
    makeFile(bob.profile, 'back.bin', 24 * MIB),
  ]);
  const holds = await Promise.all([alice, bob].map(async ({ browser }) => holdDisk(await browser.offscreen(), 12)));
  await alice.sendsFile(there);
  await bob.accepts('there.bin');
  await bob.sendsFile(back);
  await alice.accepts('back.bin');
  await alice.says('Are you getting it?');
  await bob.sees('Are you getting it?');
  await Promise.all(holds.map((goOn) => goOn()));
  await Promise.all([alice.sees('checked'), bob.sees('checked')]);
  expect(await sha256(bob.downloadPath('there.bin'))).toBe(await sha256(there));
  expect(await sha256(alice.downloadPath('back.bin'))).toBe(await sha256(back));
  expect(problems()).toEqual([]);
});
