import { basename, join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import type { ItemOf, Transfer } from '../../extension/core/session/state.ts';
import { MAX_FILE_BYTES } from '../../extension/core/shared/limits.ts';
import { asked, button, isAsked, menuItem, namesAsked, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { app, BOB_ID, done, file, itemId, moving, peer, states } from './ui/states.ts';

useStage();

const ID = itemId(1);
const about = { peerId: BOB_ID, id: ID };
const FOLDER = { form: 'folder', count: 312 } as const;
const FILES = { form: 'files', count: 12 } as const;
const offline = { presence: 'offline', connection: { state: 'offline' } } as const;

/** Bob and one transfer with him. */
function one(item: ItemOf<'file'>, change: Parameters<typeof peer>[0] = {}) {
  return app({ peers: [peer({ timeline: [item], ...change })] });
}

const mine = (transfer: Transfer, tree = {}) => file(1, true, 'tide.mp4', 200, transfer, tree);
const theirs = (transfer: Transfer, tree = {}) => file(1, false, 'tide.mp4', 200, transfer, tree);
const half = { bytes: 100e6 } as const;

/** The names of the card's buttons, as whoever listens hears them. */
const buttons = (page: Page) =>
  page.$$eval('article button', (all) => all.map((found) => found.ariaLabel ?? found.textContent));
const card = (page: Page) => page.$eval('article', (element) => element.innerText.replaceAll('\n', ' '));
const said = (page: Page) => page.$eval('[role="status"].only-heard', (element) => element.textContent);
const focusedName = () => document.activeElement?.ariaLabel ?? document.activeElement?.textContent;

/** Goes to a button with Tab alone, and presses it. */
async function press(page: Page, name: string): Promise<void> {
  await page.waitForSelector(`::-p-aria([name="${name}"][role="button"])`);
  for (let step = 0; (await page.evaluate(focusedName)) !== name; step += 1) {
    if (step > 40) throw new Error(`Tab doesn't lead to ${name}`);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
}

describe('what a card says, and which buttons it has', () => {
  test.each<[string, ItemOf<'file'>, string[], string[]]>([
    ['waiting', mine({ state: 'waiting' }), ['200 MB · kept on this computer'], ['Cancel']],
    ['offered', mine({ state: 'offered' }), ['200 MB · Waiting for Bob to accept'], ['Cancel']],
    ['moving', mine({ ...moving, ...half }), ['100 of 200 MB', '50 % 14.2 MB/s 00:18 left'], ['Pause', 'Cancel']],
    ['a moving folder', theirs({ ...moving, ...half }, FOLDER), ['312 files · 100 of 200 MB'], ['Pause', 'Cancel']],
    [
      'paused by me',
      mine({ state: 'paused', ...half, byMe: true, byPeer: false }),
      ['50 % Paused by you'],
      ['Continue', 'Cancel'],
    ],
    [
      'paused by the peer',
      theirs({ state: 'paused', ...half, byMe: false, byPeer: true }),
      ['50 % Paused by Bob'],
      ['Cancel'],
    ],
    [
      'paused by both',
      theirs({ state: 'paused', ...half, byMe: true, byPeer: true }),
      ['50 % Paused by both'],
      ['Continue', 'Cancel'],
    ],
    [
      'interrupted',
      theirs({ state: 'interrupted', ...half, needsSource: false }),
      ['50 % Waiting for Bob’s browser'],
      ['Cancel'],
    ],
    [
      'a file whose source is gone',
      mine({ state: 'interrupted', ...half, needsSource: true }),
      ['Choose the same file again to go on.', '50 % 100 of 200 MB'],
      ['Cancel', 'Choose the file'],
    ],
    [
      'a folder whose source is gone',
      mine({ state: 'interrupted', ...half, needsSource: true }, FOLDER),
      ['Choose the same folder again to go on.'],
      ['Cancel', 'Choose the folder'],
    ],
    [
      'files whose source is gone',
      mine({ state: 'interrupted', ...half, needsSource: true }, FILES),
      ['Choose the same files again to go on.'],
      ['Cancel', 'Choose the files'],
    ],
    [
      'ready',
      theirs({ state: 'ready' }, { form: 'folder', count: 10_000 }),
      ['Everything is here. 10,000 files are too many for Downloads.'],
      ['Cancel', 'Save as zip', 'Choose a folder'],
    ],
    ['saving a file', theirs({ state: 'saving', savedCount: 0 }), ['Saving'], []],
    ['saving a folder', theirs({ state: 'saving', savedCount: 120 }, FOLDER), ['Saved 120 of 312 files'], []],
    ['a saved file', theirs(done), ['200 MB · checked', 'In Downloads/Pairwise'], ['Open', 'Show']],
    ['a saved folder', theirs(done, FOLDER), ['312 files · 200 MB · checked'], ['Show']],
    [
      'a folder saved elsewhere',
      theirs({ ...done, downloadId: null, place: 'Film' }, FOLDER),
      ['312 files · 200 MB · checked', 'In Film'],
      [],
    ],
    ['what I sent', mine({ ...done, downloadId: null, place: '' }), ['200 MB · arrived whole'], []],
    ['declined by Bob', mine({ state: 'declined', byMe: false }), ['200 MB · Bob declined'], ['Try again', 'Remove']],
    ['declined by me', theirs({ state: 'declined', byMe: true }), ['200 MB · You declined'], ['Remove']],
    ['cancelled', mine({ state: 'cancelled', byMe: true }), ['200 MB · You cancelled'], ['Try again', 'Remove']],
    [
      'failed to send',
      mine({ state: 'failed', code: 'file-stalled', ...half }),
      ['Nothing moved for 15 seconds.'],
      ['Remove', 'Try again'],
    ],
    [
      'failed to arrive',
      theirs({ state: 'failed', code: 'storage-full', ...half }),
      ['There is not enough space'],
      ['Remove'],
    ],
    [
      'a changed file',
      mine({ state: 'failed', code: 'file-changed', ...half }),
      ['The file changed while it was sent.'],
      ['Remove', 'Choose the file'],
    ],
  ])('%s', async (_, item, lines, names) => {
    const page = await show(one(item));
    for (const line of lines) await expect.poll(() => card(page)).toContain(line);
    expect(await buttons(page)).toEqual(names);
  });

  test('the path is named where it is not the direct one', async () => {
    const relay = { connection: { state: 'connected', path: 'relay', rttMs: 74 } } as const;
    const page = await show(one(mine({ ...moving, ...half }), relay));
    expect(await card(page)).toContain('14.2 MB/s · Relay');
  });

  test('without the peer it says when it goes on', async () => {
    const page = await show(one(theirs({ state: 'interrupted', ...half, needsSource: false }), offline));
    expect(await card(page)).toContain('Goes on when Bob is back');
  });

  test('an empty file is whole at once', async () => {
    const page = await show(one(file(1, true, 'empty', 0, { ...moving, bytes: 0, secondsLeft: 0 })));
    expect(await page.$eval('progress', (bar) => bar.position)).toBe(1);
  });

  test('a long name keeps its end, and whoever listens hears all of it', async () => {
    const name = `${'a-very-long-name-for-a-report-'.repeat(4)}2026-final.pdf`;
    const page = await show(one(file(1, true, name, 1, { state: 'offered' })));
    const isInside = await page.evaluate(() => {
      const right = (found: Element | null | undefined) => found?.getBoundingClientRect().right ?? Number.NaN;
      return right(document.querySelector('.file-name')?.lastElementChild) < right(document.querySelector('.row'));
    });
    expect(isInside).toBe(true);
    expect(await page.$eval('.file-name', (shown) => shown.lastElementChild?.textContent)).toBe('-final.pdf');
    expect(await page.$eval('article b .only-heard', (heard) => heard.textContent)).toBe(name);
  });
});

describe('by keyboard alone', () => {
  test('pause, continue and cancel', async () => {
    const page = await show(one(mine({ ...moving, ...half })));
    await press(page, 'Pause');
    await isAsked(page, 'file-pause', { ...about, paused: true });
    await tell(page, one(mine({ state: 'paused', ...half, byMe: true, byPeer: false })));
    // The focus is on the button that takes its place.
    await expect.poll(() => page.evaluate(focusedName)).toBe('Continue');
    await page.keyboard.press('Enter');
    await isAsked(page, 'file-pause', { ...about, paused: false });
    await press(page, 'Cancel');
    await isAsked(page, 'file-cancel', about);
  });

  test('try again and remove', async () => {
    const page = await show(one(mine({ state: 'failed', code: 'file-stalled', ...half })));
    await press(page, 'Try again');
    await isAsked(page, 'file-retry', about);
    await tell(page, one(mine({ state: 'declined', byMe: false })));
    await press(page, 'Remove');
    await isAsked(page, 'item-remove', about);
    // What is removed takes the focus nowhere.
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('timeline');
  });

  test('show and open', async () => {
    const page = await show(one(theirs(done)));
    await press(page, 'Open');
    await press(page, 'Show');
    await isAsked(page, 'download-open', { downloadId: 7 });
    await isAsked(page, 'download-show', { downloadId: 7 });
  });

  test('accept, this time and always', async () => {
    const page = await show(one(file(1, false, 'tide.mp4', 60, { state: 'offered' })));
    await page.focus('input[type="checkbox"]');
    expect(await page.$eval('select', (select) => select.selectedOptions[0]?.text)).toBe('100 MB');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await press(page, 'Accept');
    expect(await asked(page)).toEqual([
      { name: 'peer-accept-files', request: { peerId: BOB_ID, upToBytes: 1e9 } },
      { name: 'file-answer', request: { ...about, accept: true } },
    ]);
  });

  test('the setting is found again in the peer’s menu', async () => {
    const page = await show(one(theirs(done), { acceptUpToBytes: 100e6 }));
    await button(page, 'More').click();
    await sees(page, 'Accept up to 100 MB');
    await page.locator('::-p-text(Files from Bob)').click();
    await page.waitForSelector('dialog[open]');
    expect(await page.$eval('dialog input:checked', (input) => input.parentElement?.textContent)).toBe(
      'Accept up to 100 MB',
    );
    await page.focus('dialog input:checked');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await isAsked(page, 'peer-accept-files', { peerId: BOB_ID, upToBytes: MAX_FILE_BYTES });
    await expect.poll(() => page.$('dialog')).toBeNull();
  });
});

describe('requests', () => {
  test.each([
    [{}, 'Bob wants to send a file', 'tide.mp4 · 200 MB'],
    [FOLDER, 'Bob wants to send a folder', 'tide.mp4 · 312 files · 200 MB'],
    [FILES, 'Bob wants to send 12 files', 'tide.mp4 · 12 files · 200 MB'],
  ])('%o is told before it is accepted', async (tree, title, detail) => {
    const page = await show(one(theirs({ state: 'offered' }, tree)));
    await sees(page, title);
    await sees(page, detail);
    await button(page, 'Accept').click();
    await expect.poll(() => namesAsked(page)).toEqual(['file-answer']);
  });

  test('any size is never what is suggested', async () => {
    const page = await show(one(file(1, false, 'backup.tar', 40_000, { state: 'offered' })));
    expect(await page.$eval('select', (select) => select.selectedOptions[0]?.text)).toBe('1 GB');
  });
});

describe('files chosen once more', () => {
  const choose = async (page: Page, name: string) => {
    const [chooser] = await Promise.all([page.waitForFileChooser(), button(page, name).click()]);
    return chooser;
  };

  test('the same file lets a transfer go on', async () => {
    const page = await show(one(mine({ state: 'interrupted', ...half, needsSource: true })));
    await (await choose(page, 'Choose the file')).accept([import.meta.filename]);
    await expect
      .poll(() => asked(page))
      .toMatchObject([
        { name: 'files-again', request: { ...about, form: 'file', name: basename(import.meta.filename) } },
      ]);
  });

  test('for a folder the folder picker opens', async () => {
    const page = await show(one(mine({ state: 'interrupted', ...half, needsSource: true }, FOLDER)));
    await (await choose(page, 'Choose the folder')).accept([join(import.meta.dirname, 'peerjs')]);
    await expect
      .poll(() => asked(page))
      .toMatchObject([{ name: 'files-again', request: { ...about, form: 'folder', name: 'peerjs' } }]);
  });

  test('a file that has changed is sent as a new one', async () => {
    const page = await show(one(mine({ state: 'failed', code: 'file-changed', ...half })));
    await (await choose(page, 'Choose the file')).accept([import.meta.filename]);
    await expect.poll(() => namesAsked(page)).toEqual(['files']);
  });
});

describe('more files than Downloads takes', () => {
  const ready = one(theirs({ state: 'ready' }, { form: 'folder', count: 10_000 }));

  test('as a zip', async () => {
    const page = await show(ready);
    await press(page, 'Save as zip');
    await isAsked(page, 'file-save-zip', about);
  });

  test('the popup would close before a folder is chosen: the window opens', async () => {
    const page = await show(ready);
    await press(page, 'Choose a folder');
    await isAsked(page, 'open-place', { place: 'window' });
    expect(await namesAsked(page)).toEqual(['open-place']);
  });

  test('in the side panel a folder is chosen, or not', async () => {
    const page = await show(ready, { view: 'side-panel' });
    await page.evaluate(() => {
      window.showDirectoryPicker = async () => {
        throw new DOMException('The user aborted a request.', 'AbortError');
      };
    });
    await press(page, 'Choose a folder');
    await page.evaluate(() => {
      window.showDirectoryPicker = async ({ mode }) => {
        const root = await navigator.storage.getDirectory();
        return root.getDirectoryHandle(`chosen to ${mode}`, { create: true });
      };
    });
    await press(page, 'Choose a folder');
    await expect
      .poll(() => asked(page))
      .toEqual([{ name: 'folder', request: { ...about, name: 'chosen to readwrite' } }]);
    expect(await page.$('.notice')).toBeNull();
  });
});

describe('what is read out', () => {
  test('the end, not the way there', async () => {
    const page = await show(one(mine({ ...moving, ...half })));
    await tell(page, one(mine({ ...moving, bytes: 150e6 })));
    await sees(page, '75 %');
    expect(await said(page)).toBe('');
    expect(await page.$eval('article', (found) => found.getAttribute('aria-live'))).toBe('off');
    await tell(page, one(mine({ ...done, downloadId: null, place: '' })));
    await expect.poll(() => said(page)).toBe('tide.mp4 · 200 MB · arrived whole');
    await tell(page, one(theirs({ ...moving, ...half })));
    await tell(page, one(theirs({ state: 'failed', code: 'file-corrupt', ...half })));
    await expect.poll(() => said(page)).toBe('tide.mp4 · The file arrived damaged and was thrown away. Send it again.');
  });

  test('nobody is told what they did themselves, nor what had ended before', async () => {
    const page = await show(one(mine({ state: 'failed', code: 'file-stalled', ...half })));
    await tell(page, one(mine({ ...moving, ...half })));
    await tell(page, one(mine({ state: 'cancelled', byMe: true })));
    await sees(page, 'You cancelled');
    expect(await said(page)).toBe('');
  });

  test('what is saved is told with its place', async () => {
    const page = await show(one(theirs({ state: 'saving', savedCount: 0 })));
    await tell(page, one(theirs(done)));
    await sees(page, 'tide.mp4 is in Downloads/Pairwise');
    await page.locator('.toast .btn').click();
    await isAsked(page, 'download-show', { downloadId: 7 });
  });
});

describe('several at once', () => {
  test('are summed up while more than one moves', async () => {
    const two = [mine({ ...moving, ...half }), file(2, false, 'map.zip', 200, { ...moving, bytes: 50e6 })];
    const page = await show(app({ peers: [peer({ timeline: two })] }));
    await sees(page, '2 transfers · 38 % · 28.4 MB/s · 00:08 left');
    await tell(page, one(mine({ ...moving, ...half })));
    await expect.poll(() => screen(page)).not.toContain('transfers');
  });
});

describe('options', () => {
  test('the folder below Downloads may be empty, and a wrong one is told beside its field', async () => {
    const page = await show(states.e, { view: 'options' });
    await page.focus('#folder');
    // All of it is selected by whoever comes with Tab; a script's focus selects nothing.
    await page.$eval('#folder', (input) => (input as HTMLInputElement).select());
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await isAsked(page, 'settings-set', { downloadFolder: '' });
    await page.evaluate(() => ui.fail('settings-set', 'folder-name'));
    await page.locator('#folder').fill('../elsewhere');
    await page.keyboard.press('Enter');
    await sees(page, 'This is no folder below Downloads.');
    expect(await page.$eval('#folder', (input) => input.ariaInvalid)).toBe('true');
  });

  test('unfinished transfers are kept for whole days, up to a year', async () => {
    const page = await show(states.e, { view: 'options' });
    const days = await page.$eval('#days', (input) => [(input as HTMLInputElement).value, input.matches(':valid')]);
    expect(days).toEqual(['7', true]);
    await page.locator('#days').fill('400');
    expect(await page.$eval('#days', (input) => input.matches(':valid'))).toBe(false);
    await page.locator('#days').fill('30');
    await page.keyboard.press('Enter');
    await isAsked(page, 'settings-set', { keepPartialsDays: 30 });
    expect(await asked(page)).toHaveLength(1);
  });
});

test('the peer’s menu and its dialog are walked by keyboard', async () => {
  const page = await show(states.e);
  await button(page, 'More').click();
  await menuItem(page, 'Files from Bob Always ask').click();
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.$('dialog')).toBeNull();
  expect(await asked(page)).toEqual([]);
});
