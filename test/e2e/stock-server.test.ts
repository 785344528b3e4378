import { expect, test } from 'vitest';
import { startServerProcess } from '../support/server-process.ts';
import { pair } from '../support/subject.ts';
import { meetSubjects } from '../support/subjects.ts';

// `peer` as it comes, without a guard: what a public PeerJS server is.

test('an unmodified PeerJS server: pairs, talks, finds each other again', async ({ onTestFinished }) => {
  const server = await startServerProcess({}, { script: 'test/support/bare-peer.ts' });
  onTestFinished(() => server.stop());
  const { alice, bob, close } = await meetSubjects(server.url);
  onTestFinished(close);
  for (const subject of [alice, bob]) {
    const { server: shown } = await subject.until('is there', ({ server: { status } }) => status === 'online');
    expect(shown).toMatchObject({ kind: 'stock', problem: null });
  }

  // A wrong word burns the code here, too.
  const burnt = await alice.hosts();
  await bob.ask('pair-join', { code: `${burnt.slice(0, 4)}-${burnt.endsWith('-zoo-zoo') ? 'acid-acid' : 'zoo-zoo'}` });
  expect(await Promise.all([alice.failure(), bob.failure()])).toEqual(['code-wrong', 'code-wrong']);
  await bob.ask('pair-join', { code: burnt });
  expect(await bob.failure()).toBe('code-unknown');

  await pair(alice, bob);
  expect((await alice.peer()).words).toEqual((await bob.peer()).words);
  await alice.says('Is this thing on?');
  await bob.hears('Is this thing on?');
  await bob.says('It is');
  await alice.hears('It is');

  await bob.quitsBrowser();
  await alice.peer('offline');
  await alice.says('Back soon?');
  await bob.startsBrowserAgain();
  await Promise.all([alice.peer(), bob.peer()]);
  await bob.hears('Back soon?');
  expect((await bob.lines()).filter((line) => line === 'Back soon?')).toHaveLength(1);
});
