import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import type { ItemOf } from '../../extension/core/session/state.ts';
import { isAsked, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { app, done, file, moving, peer } from './ui/states.ts';
import { FILES, FOLDER, half, mine, one, theirs } from './ui/transfers.ts';

useStage();

const offline = { presence: 'offline', connection: { state: 'offline' } } as const;

/** The names of the card's buttons, as whoever listens hears them. */
const buttons = (page: Page) =>
  page.$$eval('article button', (all) => all.map((found) => found.ariaLabel ?? found.textContent));
const card = (page: Page) => page.$eval('article', (element) => element.innerText.replaceAll('\n', ' '));
const said = (page: Page) => page.$eval('main ~ [role="status"].only-heard', (element) => element.textContent);

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
      'checking',
      theirs({ state: 'checking', bytes: 34e6, sizeBytes: 100e6 }),
      ['200 MB', '34 % Checking what has already arrived'],
      ['Cancel'],
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
      'a file that is known to lie somewhere',
      mine({ state: 'interrupted', ...half, needsSource: true, isRemembered: true }),
      ['Continue with the same file, or choose it again.', '50 % 100 of 200 MB'],
      ['Cancel', 'Choose the file', 'Continue'],
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
