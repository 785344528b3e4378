import { makeFile, sha256 } from './files.ts';
import { hearsTone, movingColours } from './measure.ts';
import { meetPeople, type People } from './people.ts';

interface Step {
  readonly name: string;
  /** Does it and resolves with what was seen. */
  run(people: People): Promise<string>;
}

const MIB = 1024 * 1024;
const FILE_MIB = 5;
const TONE_HZ = 880;

const STEPS: readonly Step[] = [
  {
    name: 'Pair',
    run: async ({ alice, bob }) => {
      await alice.pairsWith(bob);
      return 'Alice showed a code, Bob entered it, and both see each other, connected directly.';
    },
  },
  {
    name: 'Chat',
    run: async ({ alice, bob }) => {
      await alice.says('Hello Bob');
      await bob.sees('Hello Bob');
      await bob.says('Hello Alice');
      await alice.sees('Hello Alice');
      return 'Bob read “Hello Bob”, Alice read “Hello Alice”.';
    },
  },
  {
    name: 'Link',
    run: async ({ alice, bob }) => {
      await alice.sendsLink();
      const opened = await bob.opensLink();
      return `Bob opened “${await opened.title()}”.`;
    },
  },
  {
    name: 'File',
    run: async ({ alice, bob }) => {
      const file = await makeFile(alice.profile, 'self-test.bin', FILE_MIB * MIB);
      await alice.sendsFile(file);
      const [sent, received] = await Promise.all([sha256(file), sha256(await bob.receives('self-test.bin'))]);
      if (sent !== received) throw new Error(`SHA-256 sent ${sent}, received ${received}`);
      return `${FILE_MIB} MiB stand in Bob’s Downloads, SHA-256 ${received.slice(0, 12)}… as sent.`;
    },
  },
  {
    name: 'Live tab',
    run: async ({ alice, bob, pages }) => {
      await alice.goesTo(pages.url('colours'));
      await alice.sharesTab();
      const viewer = await bob.watches();
      const [colours, hz] = await Promise.all([movingColours(viewer), hearsTone(viewer, TONE_HZ)]);
      const bars = colours.map((bars) => bars.join(' ')).join(', then ');
      return `Bob sees ${bars}, and hears ${Math.round(hz)} Hz.`;
    },
  },
];

/**
 * Runs the main job in two headless browsers and prints what was seen, line by line, the verdict last.
 * @returns the exit code: 0 when everything was seen.
 */
export async function runSelfTest(signal: AbortSignal): Promise<number> {
  const people = await meetPeople({ signal });
  let failed: string | undefined;
  try {
    for (const step of STEPS) {
      const startedMs = performance.now();
      try {
        const seen = await step.run(people);
        console.log(`ok    ${step.name}: ${seen} (${Math.round(performance.now() - startedMs)} ms)`);
      } catch (error) {
        console.log(`FAIL  ${step.name}: ${signal.aborted ? 'interrupted' : message(error)}`);
        failed = step.name;
        break;
      }
    }
    if (failed) for (const problem of people.problems()) console.log(`      ${problem}`);
  } finally {
    await people.close();
  }
  console.log(failed ? `Self-test: FAILED at "${failed}".` : `Self-test: passed, all ${STEPS.length} steps seen.`);
  return failed ? 1 : 0;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
