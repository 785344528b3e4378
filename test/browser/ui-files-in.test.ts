import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dropsFiles } from '../support/drop.ts';
import {
  asked,
  button,
  field,
  isAsked,
  menuItem,
  namesAsked,
  screen,
  sees,
  show,
  tell,
  useStage,
} from './ui/driver.ts';
import { app, BOB_ID, CAROL_ID, NOW, peer, states } from './ui/states.ts';

useStage();

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pairwise-in-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Writes a file of so many bytes below the folder of this test. */
async function has(path: string, sizeBytes = 1): Promise<string> {
  const whole = join(dir, path);
  await mkdir(join(whole, '..'), { recursive: true });
  await writeFile(whole, 'x'.repeat(sizeBytes));
  return whole;
}

/** What was handed over to be sent, in the order of the paths. */
async function sent(page: Page): Promise<unknown[]> {
  const requests = (await asked(page)).filter(({ name }) => name === 'files').map(({ request }) => request);
  return requests.map((request) => {
    const { files, ...rest } = request as { files: { path: string }[] };
    return { ...rest, files: files.toSorted((a, b) => a.path.localeCompare(b.path)) };
  });
}

const isSent = (page: Page, ...selections: unknown[]) => expect.poll(() => sent(page)).toEqual(selections);

async function chooses(page: Page, paths: string[], opens: () => Promise<void>): Promise<void> {
  const [chooser] = await Promise.all([page.waitForFileChooser(), opens()]);
  await chooser.accept(paths);
}

async function opensFolderPicker(page: Page): Promise<void> {
  await button(page, 'Attach').click();
  await menuItem(page, 'Send a folder').click();
}

describe('the picker', () => {
  test('one file is sent as it is, and can be chosen again right after', async () => {
    const page = await show(states.e);
    const one = { peerId: BOB_ID, form: 'file', name: 'tides.txt', files: [{ path: 'tides.txt', sizeBytes: 3 }] };
    const path = await has('tides.txt', 3);
    for (const times of [1, 2]) {
      await chooses(page, [path], () => button(page, 'Send a file').click());
      await isSent(page, ...Array.from({ length: times }, () => one));
    }
  });

  test('several files are one transfer', async () => {
    const page = await show(states.e);
    const paths = [await has('b.txt', 2), await has('a.txt'), await has('empty', 0)];
    await chooses(page, paths, () => button(page, 'Send a file').click());
    await isSent(page, {
      peerId: BOB_ID,
      form: 'files',
      name: 'b.txt',
      files: [
        { path: 'a.txt', sizeBytes: 1 },
        { path: 'b.txt', sizeBytes: 2 },
        { path: 'empty', sizeBytes: 0 },
      ],
    });
  });

  test('a folder keeps its name and its tree', async () => {
    const page = await show(states.e);
    await has('coast/one.jpg', 4);
    await has('coast/old/two.jpg', 5);
    await chooses(page, [join(dir, 'coast')], () => opensFolderPicker(page));
    await isSent(page, {
      peerId: BOB_ID,
      form: 'folder',
      name: 'coast',
      files: [
        { path: 'old/two.jpg', sizeBytes: 5 },
        { path: 'one.jpg', sizeBytes: 4 },
      ],
    });
  });

  test('files that wait for an offline peer are taken too', async () => {
    const page = await show(states.h);
    await chooses(page, [await has('later.txt')], () => button(page, 'Send a file').click());
    await isAsked(page, 'files', {
      peerId: BOB_ID,
      form: 'file',
      name: 'later.txt',
      files: [{ path: 'later.txt', sizeBytes: 1 }],
    });
  });
});

describe('a drop', () => {
  test('of a file, of a folder, and of both together', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    const file = await has('map.png', 7);
    await has('coast/one.jpg', 4);
    await has('coast/old/two.jpg', 5);
    await has('rivers/Main.txt', 6);
    const [coast, rivers] = [join(dir, 'coast'), join(dir, 'rivers')];
    await dropsFiles(page, [file]);
    const first = { peerId: BOB_ID, form: 'file', name: 'map.png', files: [{ path: 'map.png', sizeBytes: 7 }] };
    await isSent(page, first);
    await dropsFiles(page, [coast]);
    const tree = [
      { path: 'old/two.jpg', sizeBytes: 5 },
      { path: 'one.jpg', sizeBytes: 4 },
    ];
    const second = { peerId: BOB_ID, form: 'folder', name: 'coast', files: tree };
    await isSent(page, first, second);
    await dropsFiles(page, [coast, file, rivers]);
    await isSent(page, first, second, {
      peerId: BOB_ID,
      form: 'files',
      name: 'coast',
      files: [
        { path: 'coast/old/two.jpg', sizeBytes: 5 },
        { path: 'coast/one.jpg', sizeBytes: 4 },
        { path: 'map.png', sizeBytes: 7 },
        { path: 'rivers/Main.txt', sizeBytes: 6 },
      ],
    });
  });

  test('a folder with one file in it is still a folder', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    await has('one/only.txt');
    await dropsFiles(page, [join(dir, 'one')]);
    const files = [{ path: 'only.txt', sizeBytes: 1 }];
    await isSent(page, { peerId: BOB_ID, form: 'folder', name: 'one', files });
  });

  test('folders are read to the bottom and beyond the first hundred, empty ones left out', async () => {
    const page = await show(states.e, { view: 'window' });
    const names = Array.from({ length: 250 }, (_, index) => `many/${String(index).padStart(3, '0')}.txt`);
    for (const name of [...names, 'many/deep/er/still/last.txt']) await has(name);
    await mkdir(join(dir, 'many', 'empty', 'too'), { recursive: true });
    await dropsFiles(page, [join(dir, 'many')]);
    await expect.poll(() => namesAsked(page)).toContain('files');
    const [request] = (await sent(page)) as { files: { path: string }[] }[];
    expect(request?.files.map(({ path }) => path)).toEqual([
      ...names.map((name) => name.slice('many/'.length)),
      'deep/er/still/last.txt',
    ]);
  });

  test('an empty folder sends nothing', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    await mkdir(join(dir, 'empty', 'in', 'side'), { recursive: true });
    await dropsFiles(page, [join(dir, 'empty')]);
    // What comes after it shows that it has been dealt with.
    await dropsFiles(page, [await has('after.txt')]);
    await expect.poll(() => namesAsked(page)).toContain('files');
    expect(await sent(page)).toMatchObject([{ name: 'after.txt' }]);
  });

  test('too many files are refused with a sentence, and nothing is sent', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    const folder = join(dir, 'too-many');
    await mkdir(folder);
    const names = Array.from({ length: 20_001 }, (_, index) => join(folder, String(index)));
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map((name) => writeFile(name, '')));
    }
    await dropsFiles(page, [folder]);
    await sees(page, 'A transfer holds 20,000 files at most.');
    expect(await namesAsked(page)).not.toContain('files');
  });

  test('a folder that never ends is refused with a sentence', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    await has(`${'down/'.repeat(40)}bottom.txt`);
    await dropsFiles(page, [join(dir, 'down')]);
    await sees(page, 'A transfer holds 20,000 files at most.');
    expect(await namesAsked(page)).not.toContain('files');
  });

  test('a folder that links back to itself is sent once', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    await has('round/one.txt');
    await symlink(join(dir, 'round'), join(dir, 'round', 'again'));
    await dropsFiles(page, [join(dir, 'round')]);
    const files = [{ path: 'one.txt', sizeBytes: 1 }];
    await isSent(page, { peerId: BOB_ID, form: 'folder', name: 'round', files });
  });

  test('goes to the peer who was on screen, though folders take a while', async () => {
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    const page = await show(app({ peers: [peer(), carol] }), { view: 'window' });
    for (let index = 0; index < 300; index += 1) await has(`many/${index}.txt`);
    await dropsFiles(page, [join(dir, 'many')]);
    await tell(page, app({ peers: [carol] }));
    await expect.poll(() => namesAsked(page)).toContain('files');
    expect(await sent(page)).toMatchObject([{ peerId: BOB_ID, form: 'folder', name: 'many' }]);
  });

  test('that takes long is said to be read until it is', async () => {
    const page = await show(states.e, { view: 'side-panel' });
    await has('slow/one.txt');
    const goOn = await page.evaluateHandle(() => {
      const { webkitGetAsEntry } = DataTransferItem.prototype;
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      DataTransferItem.prototype.webkitGetAsEntry = function () {
        const folder = webkitGetAsEntry.call(this) as FileSystemDirectoryEntry;
        const reader = folder.createReader();
        const { readEntries } = reader;
        reader.readEntries = (...callbacks) => void released.then(() => readEntries.apply(reader, callbacks));
        folder.createReader = () => reader;
        return folder;
      };
      return release;
    });
    await dropsFiles(page, [join(dir, 'slow')]);
    await sees(page, 'Reading the folder');
    await goOn.evaluate((release) => release());
    const files = [{ path: 'one.txt', sizeBytes: 1 }];
    await isSent(page, { peerId: BOB_ID, form: 'folder', name: 'slow', files });
    await expect.poll(() => screen(page)).not.toContain('Reading the folder');
  });

  test('nothing goes to somebody who is blocked', async () => {
    const page = await show(states.blocked, { view: 'side-panel' });
    // Where nobody takes the drop the browser would show the file instead of Pairwise.
    await page.evaluate(() => addEventListener('drop', (event) => event.preventDefault()));
    await dropsFiles(page, [await has('secret.txt')]);
    await sees(page, 'Bob is blocked');
    expect(await namesAsked(page)).not.toContain('files');
  });
});

describe('a paste', () => {
  /** Presses the keys for it, with whatever the clipboard holds. */
  async function pastes(page: Page): Promise<void> {
    await page.focus('textarea');
    await page.keyboard.down('Control');
    await page.keyboard.press('KeyV', { commands: ['paste'] });
    await page.keyboard.up('Control');
  }
  async function mayCopy(page: Page): Promise<void> {
    await page
      .browserContext()
      .overridePermissions(page.url(), ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write']);
    await page.bringToFront();
  }
  const copiesPicture = (page: Page, text: string | null) =>
    page.evaluate(async (beside) => {
      const canvas = new OffscreenCanvas(8, 8);
      canvas.getContext('2d')?.fillRect(0, 0, 8, 8);
      const picture = await canvas.convertToBlob();
      const plain = beside === null ? {} : { 'text/plain': new Blob([beside], { type: 'text/plain' }) };
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture, ...plain })]);
    }, text);

  test('of a picture is a file named after the time', async () => {
    const page = await show(states.e);
    await mayCopy(page);
    await copiesPicture(page, null);
    await pastes(page);
    await expect.poll(() => namesAsked(page)).toContain('files');
    const name = `Pasted image ${new Date(NOW).toISOString().slice(0, 10)} 09.52.00.png`;
    expect(await sent(page)).toMatchObject([{ peerId: BOB_ID, form: 'file', name, files: [{ path: name }] }]);
    expect(await field(page)).toBe('');
  });

  test('of text is text, also where a picture of it comes along', async () => {
    const page = await show(states.e);
    await mayCopy(page);
    await page.evaluate(() => navigator.clipboard.writeText('Saturday\nat nine'));
    await pastes(page);
    await expect.poll(() => field(page)).toBe('Saturday\nat nine');
    await copiesPicture(page, ', or ten');
    await pastes(page);
    await expect.poll(() => field(page)).toBe('Saturday\nat nine, or ten');
    expect(await namesAsked(page)).not.toContain('files');
  });

  test('of a file keeps its name', async () => {
    const page = await show(states.e);
    await page.$eval('textarea', (target) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(['x'], 'report.pdf'));
      clipboardData.items.add('report.pdf', 'text/plain');
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    const files = [{ path: 'report.pdf', sizeBytes: 1 }];
    await isSent(page, { peerId: BOB_ID, form: 'file', name: 'report.pdf', files });
  });
});

describe('a file of the web', () => {
  const id = 'fetchfetchfetchfetch01';
  const waiting = {
    id,
    peerId: BOB_ID,
    name: 'harbour.jpg',
    origin: 'https://pictures.example.org',
    step: { state: 'asking' },
  } as const;

  test.each([
    [true, 'fetch'],
    [false, 'link'],
  ] as const)('the browser is asked for its site alone; allowed: %s', async (isAllowed, answer) => {
    const page = await show({ ...app(), fetches: [waiting] });
    await sees(page, 'This file is on pictures.example.org');
    await page.evaluate((allows) => {
      ui.isAllowing = allows;
    }, isAllowed);
    await button(page, 'Allow').click();
    await isAsked(page, 'allow-origin', { origin: 'https://pictures.example.org' });
    await isAsked(page, 'web-file-answer', { id, answer });
  });

  test('its link can be sent instead, or nothing', async () => {
    const page = await show({ ...app(), fetches: [waiting] });
    await button(page, 'Send the link').click();
    await isAsked(page, 'web-file-answer', { id, answer: 'link' });
    await page.locator('.requests button[aria-label="Cancel"]').click();
    await isAsked(page, 'web-file-answer', { id, answer: 'cancel' });
    expect(await namesAsked(page)).not.toContain('allow-origin');
  });

  test('a large one says how far it is', async () => {
    const step = { state: 'fetching', bytes: 417e6, sizeBytes: 673e6 } as const;
    const page = await show({ ...app(), fetches: [{ ...waiting, name: 'low-tide.mp4', step }] });
    await sees(page, 'Getting it for Bob');
    await sees(page, '417 of 673 MB');
    await page.locator('.requests button[aria-label="Cancel"]').click();
    await isAsked(page, 'web-file-answer', { id, answer: 'cancel' });
  });

  test('it is shown beside the peer it is for, and no other', async () => {
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    const page = await show({ ...app({ peers: [peer(), carol] }), fetches: [{ ...waiting, peerId: CAROL_ID }] });
    await sees(page, 'You and Bob are paired');
    expect(await page.$('.request')).toBeNull();
  });
});
