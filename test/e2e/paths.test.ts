import { expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { blockPaths } from '../support/no-paths.ts';
import { strangersTest } from '../support/people-test.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { pair, type Subject } from '../support/subject.ts';
import { meetSubjects } from '../support/subjects.ts';

const MIB = 1024 * 1024;
/** From the moment when both are on the server. */
const FIRST_MESSAGE_MS = 15_000;

strangersTest('without UDP chat, links and files go over the relay', async ({ people: { alice, bob, pages } }) => {
  for (const person of [alice, bob]) await blockPaths(await person.browser.offscreen());
  await bob.entersCode(await alice.showsCode());
  await alice.comparesWordsWith(bob);
  await Promise.all([alice.sees('Relay'), bob.sees('Relay')]);
  await alice.says('No UDP here');
  await bob.sees('No UDP here');
  await bob.says('Nor here');
  await alice.sees('Nor here');
  await alice.goesTo(pages.url('colours'));
  await alice.sendsLink();
  expect((await bob.opensLink()).url()).toBe(pages.url('colours'));
  const file = await makeFile(alice.profile, 'narrow.bin', 4 * MIB);
  await alice.sendsFile(file);
  await bob.accepts('narrow.bin');
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('narrow.bin'))).toBe(await sha256(file));
});

test('without UDP the first message is through soon after both are online', async ({ onTestFinished }) => {
  const server = await startServerProcess();
  onTestFinished(() => server.stop());
  const { alice, bob, close } = await meetSubjects(server.url);
  onTestFinished(close);
  // One of the two is enough, and the other is started again.
  await blockPaths(await alice.browser.offscreen());
  await pair(alice, bob);
  await bob.quitsBrowser();
  await alice.peer('offline');
  await alice.says('Waiting for you');
  await bob.startsBrowserAgain();
  await online(bob);
  const onlineAt = performance.now();
  await bob.hears('Waiting for you');
  expect(performance.now() - onlineAt).toBeLessThan(FIRST_MESSAGE_MS);
  expect(await pathOf(bob)).toBe('relay');
});

test('a direct link outlives the server, and both find it again', async ({ onTestFinished }) => {
  const run = await killableServer();
  onTestFinished(() => run.stop());
  const { alice, bob, close } = await meetSubjects(run.url);
  onTestFinished(close);
  await pair(alice, bob);
  await run.stop();
  await alice.says('The server is gone');
  await bob.hears('The server is gone');
  await run.startAgain();
  await Promise.all([online(alice), online(bob)]);
  await bob.says('It is back');
  await alice.hears('It is back');
  expect(await pathOf(alice)).toBe('direct');
});

test('what was said while the relay was gone arrives once and in order', async ({ onTestFinished }) => {
  const run = await killableServer();
  onTestFinished(() => run.stop());
  const { alice, bob, close } = await meetSubjects(run.url);
  onTestFinished(close);
  await blockPaths(await alice.browser.offscreen());
  await pair(alice, bob);
  expect(await pathOf(alice)).toBe('relay');
  const said = ['one', 'two', 'three', 'four', 'five', 'six'];
  await alice.says('one');
  await alice.says('two');
  await run.stop();
  await alice.says('three');
  await alice.says('four');
  await run.startAgain();
  await alice.says('five');
  await alice.says('six');
  await bob.hears('six');
  expect(await bob.lines()).toEqual(said);
});

const online = (subject: Subject) => subject.until('is online', ({ server }) => server.status === 'online');

async function pathOf(subject: Subject): Promise<string> {
  const { connection } = await subject.peer();
  return connection.state === 'connected' ? connection.path : connection.state;
}

/** The server as a process that dies without a word, and another one at the same address. */
async function killableServer() {
  let running: ServerProcess = await startServerProcess();
  const { url } = running;
  return {
    url,
    stop: () => running.stop(),
    startAgain: async () => {
      running = await startServerProcess({ PORT: new URL(url).port });
    },
  };
}
