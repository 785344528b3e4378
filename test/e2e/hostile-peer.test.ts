import { expect } from 'vitest';
import { pairedTest } from '../support/people-test.ts';
import { sendInstead } from '../support/tricks.ts';

for (const [what, bytes] of [
  ['a malformed message', [0xff, 0x00, 0x7b]],
  ['text that is no message', [...new TextEncoder().encode('{"type":"chat"}')]],
  ['an oversized message', Array.from<number>({ length: 200_000 }).fill(0x20)],
] as const) {
  pairedTest(`${what} from the other side does no harm`, async ({ people: { alice, bob } }) => {
    await sendInstead(alice, Uint8Array.from(bytes));
    await bob.sees('Direct');
    await alice.says('Sorry about that');
    await bob.sees('Sorry about that');
    expect(await bob.screen()).toContain('Alice');
  });
}
