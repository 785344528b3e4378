import { pairedTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';

pairedTest(
  'who is forgotten learns it at once, keeps what was said, and can pair again',
  async ({ people: { alice, bob } }) => {
    await alice.says('Goodbye');
    await bob.sees('Goodbye');
    await forgets(alice, 'Bob');
    await bob.sees('Alice ended the pairing');
    await alice.sees('Pair with someone');
    await bob.clicks('Pair again');
    await bob.pairsWith(alice);
    await bob.sees('Goodbye');
  },
);

pairedTest('who is forgotten while away learns it when back', async ({ people: { alice, bob } }) => {
  await bob.quitsBrowser();
  await alice.sees('Offline');
  await forgets(alice, 'Bob');
  await alice.sees('Pair with someone');
  await bob.startsBrowserAgain();
  await bob.sees('Alice ended the pairing');
});

pairedTest('who is blocked is not told, and nothing arrives until it is over', async ({ people: { alice, bob } }) => {
  await alice.blocks('Bob');
  await bob.sees('Offline');
  await bob.says('Do you hear me?');
  await alice.clicks('Unblock');
  await alice.sees('Direct');
  await alice.sees('Do you hear me?');
});

async function forgets(person: Person, name: string): Promise<void> {
  await person.clicks('More');
  await person.clicks(`Forget ${name}`, 'menuitem');
  await person.clicks('Forget');
}
