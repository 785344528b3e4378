import { test } from 'vitest';
import { type MeetOptions, meetPeople, type People } from './people.ts';

/** A test with Alice and Bob, who don't know each other yet. What their browsers complained about is printed when it fails. */
export const strangersTest = strangersTestWith({});

/** A test with Alice and Bob, paired and connected. */
export const pairedTest = pairedTestWith({});

/** The same with browsers that were started otherwise. */
export function pairedTestWith(options: MeetOptions) {
  return strangersTestWith(options).extend<{ people: People }>({
    people: async ({ people }, use) => {
      await people.alice.pairsWith(people.bob);
      await use(people);
    },
  });
}

/** Strangers with browsers that were started otherwise. */
export function strangersTestWith(options: MeetOptions) {
  return test.extend<{ people: People }>({
    people: async ({ onTestFailed }, use) => {
      const people = await meetPeople(options);
      onTestFailed(() => {
        for (const problem of people.problems()) console.log(problem);
      });
      await use(people);
      await people.close();
    },
  });
}
