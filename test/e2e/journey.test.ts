import { expect } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { hearsTone, movingColours } from '../support/measure.ts';
import { pairedTest, strangersTest } from '../support/people-test.ts';

const MIB = 1024 * 1024;
/** The bars move round, so each order is one that the page shows at some time. */
const BAR_ORDERS = ['red green blue yellow', 'green blue yellow red', 'blue yellow red green', 'yellow red green blue'];

strangersTest(
  'a code pairs two browsers, and each shows the other’s name',
  async ({ people: { alice, bob, problems } }) => {
    await bob.entersCode(await alice.showsCode());
    await alice.sees('Pair with Bob?');
    await alice.comparesWordsWith(bob);
    await alice.sees('Bob');
    await bob.sees('Alice');
    await alice.sees('Direct');
    await bob.sees('Direct');
    expect(problems()).toEqual([]);
  },
);

pairedTest(
  'chat goes both ways and is marked as delivered, then read',
  async ({ people: { alice, bob, problems } }) => {
    await bob.closesPopup();
    await alice.says('Shall we take the early ferry?');
    await alice.sees('Delivered');
    await expect.poll(() => bob.badge()).toBe('1');
    await bob.sees('Shall we take the early ferry?');
    await alice.sees('Read');
    await expect.poll(() => bob.badge()).toBe('');
    await bob.says('Yes, at nine');
    await alice.sees('Yes, at nine');
    expect(problems()).toEqual([]);
  },
);

pairedTest('a link arrives as a card and opens with a click', async ({ people: { alice, bob, pages, problems } }) => {
  const url = pages.url('plain', { title: 'Tide tables' });
  await alice.goesTo(url);
  await alice.sendsLink();
  await bob.sees('Tide tables');
  const opened = await bob.opensLink();
  expect(opened.url()).toBe(url);
  expect(problems()).toEqual([]);
});

pairedTest('a file of 20 MiB arrives whole in Downloads', async ({ people: { alice, bob, problems } }) => {
  const sent = await makeFile(alice.profile, 'low-tide-walk.bin', 20 * MIB);
  await alice.sendsFile(sent);
  const received = await bob.receives('low-tide-walk.bin');
  expect(await sha256(received)).toBe(await sha256(sent));
  expect(problems()).toEqual([]);
});

pairedTest(
  'a shared tab moves and sounds in the viewer, until it stops',
  async ({ people: { alice, bob, pages, problems } }) => {
    await alice.goesTo(pages.url('colours'));
    await alice.sharesTab();
    const viewer = await bob.watches();
    for (const bars of await movingColours(viewer)) expect(BAR_ORDERS).toContain(bars.join(' '));
    await hearsTone(viewer, 880);
    await alice.sees('Live to Bob');
    await alice.clicks('Stop sharing');
    await viewer.waitForFunction(() => document.body.innerText.includes('Alice stopped sharing'));
    expect(problems()).toEqual([]);
  },
);

pairedTest('a share ends with its tab', async ({ people: { alice, bob, pages, problems } }) => {
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await alice.closesTab();
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice’s tab was closed'));
  expect(await alice.screen()).not.toContain('Stop sharing');
  await bob.sees('Alice showed you a tab');
  expect(problems()).toEqual([]);
});
