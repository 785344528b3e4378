import { expect } from 'vitest';
import type { FeedMessage } from '../../extension/messaging/feed.ts';
import { movingColours } from '../support/measure.ts';
import { capturesWithAnotherExtension } from '../support/other-extension.ts';
import { pairedTest, pairedTestWith } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { readState } from '../support/state.ts';

const ASKED = 'Bob asks to see something';
const WAITING = 'You asked Alice to share';

/** The browser's picker, answered by a switch of the browser. */
const pickerTakes = (title: string) => pairedTestWith({ args: [`--auto-select-tab-capture-source-by-title=${title}`] });

async function asksAlice(bob: Person): Promise<void> {
  await bob.clicks('Attach');
  await bob.clicks('Ask Alice to share', 'menuitem');
  await bob.sees(WAITING);
}

pairedTest(
  'who asks to see something is told “Not now”, or takes it back',
  async ({ people: { alice, bob, problems } }) => {
    await asksAlice(bob);
    await alice.sees(ASKED);
    await alice.clicks('Not now');
    await bob.sees('Alice would rather not show anything now. Ask again later, or write in the chat.');
    await bob.seesNoMore(WAITING);
    await alice.seesNoMore(ASKED);

    await asksAlice(bob);
    await alice.sees(ASKED);
    await bob.clicks('Take back');
    await alice.seesNoMore(ASKED);
    await bob.seesNoMore(WAITING);
    expect(problems()).toEqual([]);
  },
);

pairedTest('a question is answered by a share, also when it is clicked twice', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  await alice.goesTo(pages.url('colours'));
  await asksAlice(bob);
  await alice.sees(ASKED);
  await alice.clicksTwice('Share this tab');
  await alice.losesPopup();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await bob.seesNoMore(WAITING);
  await alice.sees('Live to Bob');
  const screen = await alice.screen();
  expect(screen).not.toContain(ASKED);
  // The second click is neither another share nor a complaint.
  expect(screen).not.toContain('already');
  expect(await bob.canClick('Watch')).toBe(false);
  await alice.clicks('Stop sharing');
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice stopped sharing'));
  await expect.poll(() => alice.badge()).toBe('');
  expect(problems()).toEqual([]);
});

pickerTakes('Moving colours')(
  'a question is answered with something else',
  async ({ people: { alice, bob, pages } }) => {
    await alice.goesTo(pages.url('colours'));
    await asksAlice(bob);
    await alice.clicks('Something else');
    const viewer = await bob.watches();
    await movingColours(viewer);
    await alice.sees('Live to Bob');
    await bob.seesNoMore(WAITING);
  },
);

pairedTestWith({ args: ['--auto-reject-capture'] })(
  'a picker that is closed without a choice says nothing and leaves nothing',
  async ({ people: { alice, bob } }) => {
    const panel = await alice.browser.panel('/options.html');
    await panel.evaluate(() => {
      globalThis.shareSteps = [];
      chrome.runtime.connect({ name: 'state' }).onMessage.addListener((message: FeedMessage) => {
        const share = message.type === 'snapshot' ? message.state.outgoingShare : message.change.outgoingShare;
        if (share !== undefined) shareSteps.push(share?.status ?? 'none');
      });
    });
    await asksAlice(bob);
    await alice.clicks('Something else');
    await panel.waitForFunction(() => shareSteps.join() === 'none,starting,none', { timeout: 60_000 });
    const state = await readState(panel);
    expect(state.outgoingShare).toBeNull();
    expect(state.notices).toEqual([]);
    // The question is still there.
    expect(state.asks).toHaveLength(1);
    await expect.poll(() => alice.badge()).toBe('');
  },
);

pickerTakes('No tab has this title')('a picker that stays open can be given up', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  await alice.goesTo(pages.url('colours'));
  await alice.clicks('Attach');
  await alice.clicks('Share a window or screen', 'menuitem');
  await alice.sees('Choose what to share');
  await alice.clicks('Cancel');
  await alice.seesNoMore('Choose what to share');
  await alice.sharesTab();
  await movingColours(await bob.watches());
  expect(problems()).toEqual([]);
});

pairedTest('a tab that another extension captures is named so', async ({ people: { alice, bob, pages } }) => {
  await alice.goesTo(pages.url('colours'));
  await capturesWithAnotherExtension(alice);
  await alice.clicks('Share this tab');
  await alice.sees('Another extension captures this tab already.');
  await expect.poll(() => alice.badge()).toBe('');
  await bob.seesNoMore('Watch');
});

pairedTest('“Not now” to what is shown is told, until it is watched after all', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  await alice.sees('Waiting for Bob to watch');
  await bob.clicks('Not now');
  await alice.sees('Bob would rather not look now');
  await expect.poll(() => alice.badge()).not.toBe('');
  const viewer = await bob.watches();
  await movingColours(viewer);
  await alice.sees('Live to Bob');
  await viewer.close();
  await alice.sees('Waiting for Bob to watch');
  expect(problems()).toEqual([]);
});

pairedTest('a viewer that is closed and opened again shows the picture again', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await alice.sees('Live to Bob');
  await viewer.close();
  await alice.sees('Waiting for Bob to watch');
  const again = await bob.watches();
  await movingColours(again);
  await alice.sees('Live to Bob');
  expect(problems()).toEqual([]);
});

declare global {
  /** What became of the share that goes out, from the state feed. */
  var shareSteps: string[];
}
