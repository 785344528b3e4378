import { basename, join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES } from '../../extension/core/shared/limits.ts';
import { asked, button, isAsked, menuItem, namesAsked, sees, show, tell, useStage } from './ui/driver.ts';
import { BOB_ID, done, file, moving, states } from './ui/states.ts';
import { FILES, FOLDER, focusedName, half, ID, mine, one, press, theirs } from './ui/transfers.ts';

useStage();

const about = { peerId: BOB_ID, id: ID };

describe('by keyboard alone', () => {
  test('pause, continue and cancel', async () => {
    const page = await show(one(mine({ ...moving, ...half })));
    await press(page, 'Pause');
    await isAsked(page, 'file-pause', { ...about, paused: true });
    await tell(page, one(mine({ state: 'paused', ...half, byMe: true, byPeer: false })));
    // The focus is on the button that takes its place.
    await expect.poll(() => focusedName(page)).toBe('Continue');
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
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('timeline');
  });

  test('show and open', async () => {
    const page = await show(one(theirs(done)));
    await press(page, 'Open');
    await press(page, 'Show');
    await isAsked(page, 'open-download', { downloadId: 7 });
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

  const remembered = one(mine({ state: 'interrupted', ...half, needsSource: true, isRemembered: true }));

  test('one whose place is known goes on with a click', async () => {
    const page = await show(remembered);
    await page.evaluate(() => {
      ui.remembered = new File(['walk'], 'walk.mp4');
    });
    await press(page, 'Continue');
    await expect
      .poll(() => asked(page))
      .toMatchObject([
        { name: 'read-remembered', request: { id: about.id } },
        { name: 'files-again', request: { ...about, form: 'file', files: [{ path: 'walk.mp4', sizeBytes: 4 }] } },
      ]);
  });

  test('whoever does not allow that chooses it', async () => {
    const page = await show(remembered);
    await press(page, 'Continue');
    await expect.poll(() => namesAsked(page)).toEqual(['read-remembered']);
    await (await choose(page, 'Choose the file')).accept([import.meta.filename]);
    await expect.poll(() => namesAsked(page)).toEqual(['read-remembered', 'files-again']);
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

test('the peer’s menu and its dialog are walked by keyboard', async () => {
  const page = await show(states.e);
  await button(page, 'More').click();
  await menuItem(page, 'Files from Bob Always ask').click();
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.$('dialog')).toBeNull();
  expect(await asked(page)).toEqual([]);
});
