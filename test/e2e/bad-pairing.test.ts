import { pairedTest, strangersTest } from '../support/people-test.ts';
import { holdTime } from '../support/tricks.ts';

strangersTest(
  'without a server pairing says so, and goes on when it is back',
  async ({ people: { alice, bob, server } }) => {
    await server.stop();
    await alice.clicks('Show a code');
    await alice.sees('Pairwise can’t reach its server. Check your connection, or the address in Options.');
    // The sentence stands on the first screen, too; the button only where pairing has given up.
    await alice.sees('Try again');
    await server.startAgain();
    await alice.clicks('Try again');
    await bob.entersCode(await alice.readsCode());
    await alice.comparesWordsWith(bob);
    await Promise.all([alice.sees('Direct'), bob.sees('Direct')]);
  },
);

pairedTest(
  'a server that stops takes nothing from those who are connected',
  async ({ people: { alice, bob, server } }) => {
    await server.stop();
    await alice.says('The server is gone');
    await bob.sees('The server is gone');
    await bob.says('We are not');
    await alice.sees('We are not');
  },
);

strangersTest('a wrong code burns itself and pairs nobody', async ({ people: { alice, bob } }) => {
  const code = await alice.showsCode();
  await bob.entersCode(wrong(code));
  await bob.sees('That code doesn’t match. Check its words.');
  await alice.sees('Somebody entered a wrong code, so this one is used up. Show a new one.');
  await bob.clicks('Back');
  await alice.clicks('Back');
  await alice.pairsWith(bob);
});

strangersTest('an expired code says so on both sides', async ({ people: { alice, bob } }) => {
  const passTime = await holdTime(alice);
  const code = await alice.showsCode();
  await passTime();
  await alice.sees('This code has expired. Show a new one.');
  await bob.entersCode(code);
  await bob.sees('Nobody is showing this code. Check the number, or ask for a new code.');
});

strangersTest('one’s own code is recognised', async ({ people: { alice } }) => {
  const code = await alice.showsCode();
  await alice.clicks('Back');
  await alice.entersCode(code);
  await alice.sees('This is your own code. Enter it in the other browser.');
});

strangersTest('who steps back from the six words has declined, and the other one is told', async ({ people }) => {
  const { alice, bob } = people;
  await bob.entersCode(await alice.showsCode());
  await Promise.all([alice.verificationWords(), bob.verificationWords()]);
  await alice.clicks('Back');
  await bob.sees('The pairing was declined, so nothing was paired.');
  await bob.clicks('Back');
  await alice.pairsWith(bob);
});

/** The same number with two other words. */
function wrong(code: string): string {
  const [number] = code.split('-');
  return `${number}-${code.endsWith('-zebra-zoo') ? 'acid-acid' : 'zebra-zoo'}`;
}
