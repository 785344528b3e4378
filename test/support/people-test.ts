import { test } from 'vitest';
import { meetPeople, type People } from './people.ts';

/** A test with Alice and Bob, who don't know each other yet. What their browsers complained about is printed when it fails. */
export const strangersTest = test.extend<{ people: People }>({
  people: async ({ onTestFailed }, use) => {
    const people = await meetPeople();
    onTestFailed(() => {
      for (const problem of people.problems()) console.log(problem);
    });
    await use(people);
    await people.close();
  },
});

/** A test with Alice and Bob, paired and connected. */
export const pairedTest = strangersTest.extend<{ people: People }>({
  people: async ({ people }, use) => {
    await people.alice.pairsWith(people.bob);
    await use(people);
  },
});
