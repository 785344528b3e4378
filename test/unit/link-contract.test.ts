import { describe, test } from 'vitest';
import { linkContract, runLinkCase } from '../contracts/link.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

describe('the in-memory link keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) {
    test(name, () =>
      runLinkCase(name, async () => {
        const { a, b } = createMemoryLinks({ bulkLanes: 4 });
        const end = () => {
          a.close('replaced');
          b.close('replaced');
        };
        return { a, b, end };
      }),
    );
  }
});
