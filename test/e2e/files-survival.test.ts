import { expect } from 'vitest';
import { countConnections } from '../support/connections.ts';
import { makeFile, makeRepetitive, sha256 } from '../support/files.ts';
import { pairedTest, strangersTest } from '../support/people-test.ts';
import { holdDisk } from '../support/slow-disk.ts';

const MIB = 1024 * 1024;

strangersTest('a transfer goes on by itself after the link is cut', async ({ people: { alice, bob } }) => {
  const offscreen = await alice.browser.offscreen();
  await countConnections(offscreen);
  await alice.pairsWith(bob);
  const file = await makeFile(alice.profile, 'cut.bin', 16 * MIB);
  const goOn = await holdDisk(offscreen, 8);
  await alice.sendsFile(file);
  await bob.accepts('cut.bin');
  await bob.sees('50 %');
  await offscreen.evaluate(() => globalThis.endConnections());
  await goOn();
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('cut.bin'))).toBe(await sha256(file));
});

pairedTest('it goes on after the receiver’s browser was started again', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'evening.bin', 16 * MIB);
  const goOn = await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('evening.bin');
  await bob.sees('50 %');
  await bob.quitsBrowser();
  await goOn();
  await alice.sees('Goes on when Bob is back');
  await bob.startsBrowserAgain();
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('evening.bin'))).toBe(await sha256(file));
});

pairedTest('a small one goes on after the sender’s browser was started again', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'small.bin', 16 * MIB);
  await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('small.bin');
  await bob.sees('50 %');
  await alice.quitsBrowser();
  await alice.startsBrowserAgain();
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('small.bin'))).toBe(await sha256(file));
});

pairedTest('a large one does once the sender has chosen it again', async ({ people: { alice, bob } }) => {
  const file = await makeRepetitive(alice.profile, 'large.bin', 80 * MIB);
  await holdDisk(await alice.browser.offscreen(), 40);
  await alice.sendsFile(file);
  await bob.accepts('large.bin');
  await bob.sees('50 %');
  await alice.quitsBrowser();
  await alice.startsBrowserAgain();
  await alice.sees('Choose the same file again to go on.');
  await alice.choosesAgain(await makeFile(alice.profile, 'other.bin', MIB));
  await alice.sees('This is not what was being sent.');
  await alice.choosesAgain(file);
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('large.bin'))).toBe(await sha256(file));
});

for (const [who, side] of [
  ['receiver', 'bob'],
  ['sender', 'alice'],
] as const) {
  pairedTest(`it goes on after the ${who}’s offscreen document was loaded again`, async ({ people }) => {
    const { alice, bob } = people;
    const file = await makeFile(alice.profile, 'again.bin', 16 * MIB);
    const goOn = await holdDisk(await alice.browser.offscreen(), 8);
    await alice.sendsFile(file);
    await bob.accepts('again.bin');
    await bob.sees('50 %');
    await (await people[side].browser.offscreen()).evaluate(() => location.reload());
    if (side === 'bob') await goOn();
    await bob.sees('checked');
    expect(await sha256(bob.downloadPath('again.bin'))).toBe(await sha256(file));
  });
}

pairedTest('it goes on with all popups closed and both workers stopped', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'alone.bin', 16 * MIB);
  const goOn = await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('alone.bin');
  await bob.sees('50 %');
  await Promise.all([alice.closesPopup(), bob.closesPopup()]);
  await Promise.all([alice.browser.stopWorker(), bob.browser.stopWorker()]);
  await goOn();
  await expect.poll(() => sha256(bob.downloadPath('alone.bin'))).toBe(await sha256(file));
  await bob.sees('checked');
});
