import { basename } from 'node:path';
import { expect } from 'vitest';
import { makeFile, makeFolder, readFolder, sha256 } from '../support/files.ts';
import { chooseFolder, readChosenFolder } from '../support/hand-over.ts';
import { pairedTest } from '../support/people-test.ts';
import { digestOf, readZip } from '../support/zip.ts';

const MIB = 1024 * 1024;

pairedTest('a folder arrives with everything below it', async ({ people: { alice, bob, problems } }) => {
  const paths = ['tides.txt', 'beach/low.bin', 'beach/far/out/still.bin', '…/ümlaut 🏖️.bin'];
  const sent = await makeFolder(alice.profile, 'holiday', paths);
  await alice.sendsFolder(sent);
  const received = await readFolder(await bob.receives('holiday'));
  expect([...received.keys()].toSorted()).toEqual(paths.toSorted());
  expect(digestOf(received)).toBe(digestOf(await readFolder(sent)));
  await alice.sees('arrived whole');
  expect(problems()).toEqual([]);
});

pairedTest('several files are one transfer and as many downloads', async ({ people: { alice, bob, problems } }) => {
  const sizes = { 'empty.bin': 0, 'one.bin': 1, 'block.bin': MIB, 'more.bin': 3 * MIB + 7 };
  const sent: string[] = [];
  for (const [name, sizeBytes] of Object.entries(sizes)) sent.push(await makeFile(alice.profile, name, sizeBytes));
  await alice.sendsFiles(sent);
  await bob.sees('4 files');
  await bob.receives('empty.bin');
  for (const path of sent) expect(await sha256(bob.downloadPath(basename(path)))).toBe(await sha256(path));
  expect(problems()).toEqual([]);
});

pairedTest('too many files for Downloads come as one zip, if wanted', async ({ people: { alice, bob, problems } }) => {
  const paths = Array.from({ length: 400 }, (_, index) => `${index % 7}/leaf ${index}.bin`);
  const sent = await makeFolder(alice.profile, 'leaves', paths);
  await alice.sendsFolder(sent);
  await bob.accepts('leaves');
  await bob.sees('400 files are too many for Downloads');
  await bob.clicks('Save as zip');
  await bob.sees('checked');
  const zip = await readZip(bob.downloadPath('leaves.zip'));
  const below = new Map([...zip].map(([path, content]) => [path.replace(/^leaves\//, ''), content]));
  expect(digestOf(below)).toBe(digestOf(await readFolder(sent)));
  expect(problems()).toEqual([]);
});

pairedTest('or in a folder that Bob has chosen', async ({ people: { alice, bob, problems } }) => {
  const paths = Array.from({ length: 400 }, (_, index) => `${index % 7}/leaf ${index}.bin`);
  const sent = await makeFolder(alice.profile, 'leaves', paths);
  await alice.sendsFolder(sent);
  await bob.accepts('leaves');
  await bob.sees('400 files are too many for Downloads');
  await chooseFolder(bob.browser, 'leaves');
  await bob.sees('checked');
  const below = new Map([...(await readChosenFolder(bob.browser))].map(([path, content]) => [path.slice(7), content]));
  expect(digestOf(below)).toBe(digestOf(await readFolder(sent)));
  expect(problems()).toEqual([]);
});
