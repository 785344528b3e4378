import { expect } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { pairedTest } from '../support/people-test.ts';
import { holdDisk } from '../support/slow-disk.ts';

const MIB = 1024 * 1024;

pairedTest('who is blocked in the middle sends no more until it is over', async ({ people: { alice, bob } }) => {
  const file = await makeFile(bob.profile, 'unwanted.bin', 16 * MIB);
  const goOn = await holdDisk(await bob.browser.offscreen(), 8);
  await bob.sendsFile(file);
  await alice.accepts('unwanted.bin');
  await alice.sees('50 %');
  await alice.blocks('Bob');
  await bob.sees('Goes on when Alice is back');
  await goOn();
  await bob.says('Do you hear me?');
  await alice.clicks('Show messages');
  await alice.sees('Goes on when Bob is back');
  await alice.sees('8.4 of 16.8 MB');
  expect(await alice.screen()).not.toContain('Do you hear me?');
  await alice.clicks('Unblock');
  await alice.sees('checked');
  expect(await sha256(alice.downloadPath('unwanted.bin'))).toBe(await sha256(file));
});

pairedTest('who blocks in the middle sends no more, and something new afterwards', async ({ people }) => {
  const { alice, bob } = people;
  const goOn = await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(await makeFile(alice.profile, 'regretted.bin', 16 * MIB));
  await bob.accepts('regretted.bin');
  await bob.sees('50 %');
  await alice.blocks('Bob');
  await goOn();
  await bob.sees('Goes on when Alice is back');
  await alice.clicks('Show messages');
  await alice.clicks('Cancel');
  await alice.sees('You cancelled');
  await alice.clicks('Unblock');
  await bob.sees('Alice cancelled');
  await alice.sees('Direct');
  const next = await makeFile(alice.profile, 'next.bin', MIB);
  await alice.sendsFile(next);
  expect(await sha256(await bob.receives('next.bin'))).toBe(await sha256(next));
});
