import { appendFile, readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { makeFile, readFolder, sha256 } from '../support/files.ts';
import { handOver } from '../support/hand-over.ts';
import { pairedTest } from '../support/people-test.ts';
import { limitSpace } from '../support/quota.ts';
import { holdDisk } from '../support/slow-disk.ts';

const MIB = 1024 * 1024;

pairedTest(
  'no room for it is said before the first byte, and with room it comes',
  async ({ people: { alice, bob } }) => {
    const file = await makeFile(alice.profile, 'wide.bin', 16 * MIB);
    await limitSpace(bob.browser, 12 * MIB);
    await alice.sendsFile(file);
    await bob.accepts('wide.bin');
    await bob.sees('There is not enough space where the files arrive.');
    await alice.sees('There is not enough space where the files arrive.');
    await limitSpace(bob.browser);
    await alice.clicks('Try again');
    await bob.receives('wide.bin');
    expect(await sha256(bob.downloadPath('wide.bin'))).toBe(await sha256(file));
  },
);

pairedTest('a file that changes while it is sent is not delivered', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'draft.bin', 16 * MIB);
  const goOn = await holdDisk(await alice.browser.offscreen(), 8);
  await alice.sendsFile(file);
  await bob.accepts('draft.bin');
  await bob.sees('50 %');
  await appendFile(file, 'one more line');
  await goOn();
  await alice.sees('The file changed while it was sent. Send the new file.');
  await bob.sees('The file changed while it was sent.');
  expect(await readdir(bob.profile.downloadsDir)).toEqual([]);
});

pairedTest('whatever its files are called, a folder stays inside its folder', async ({ people: { alice, bob } }) => {
  const paths = [
    '../../escape.txt',
    'a/../../../b.txt',
    '/etc/passwd',
    'C:\\windows\\c.txt',
    'CON',
    'con.txt',
    'Readme.md',
    'README.MD',
    'dot./space /end',
    'fee‮txt.exe',
    `${'🏖️'.repeat(60)}.jpg`,
    `${'n'.repeat(300)}.pdf`,
    '.hidden',
  ];
  await handOver(alice.browser, 'odd', paths);
  await bob.receives('odd');
  expect(await readdir(bob.profile.downloadsDir)).toEqual(['Pairwise']);
  expect(await readdir(bob.downloadPath(''))).toEqual(['odd']);
  const received = await readFolder(bob.downloadPath('odd'));
  expect([...received.values()].map(String).toSorted()).toEqual(paths.toSorted());
  const names = [...received.keys()].flatMap((path) => path.split('/'));
  for (const name of names) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).not.toMatch(/^(con|\.+)(\.|$)|[\\:‮]|[. ]$/iu);
  }
  expect(new Set([...received.keys()].map((path) => path.toLowerCase())).size).toBe(paths.length);
});
