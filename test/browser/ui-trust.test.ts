import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { asked, button, isAsked, menuItem, namesAsked, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { app, BOB_ID, peer, SECRET, states, WORDS } from './ui/states.ts';

/*
 * Pairing, verifying and blocking as a person meets them, with the test in the place of the offscreen document.
 */

useStage();

const wordsOn = (page: Page) => page.$$eval('.words li', (all) => all.map((word) => word.textContent));
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');
const entered = (page: Page) => page.$eval('input[role="combobox"]', (input) => (input as HTMLInputElement).value);

async function opensEntry(page: Page): Promise<void> {
  await button(page, 'Enter a code').click();
  await page.waitForSelector('input[role="combobox"]:focus');
}

/** Gives the page a picture, as a person pastes or drops one. */
async function gives(page: Page, how: 'paste' | 'drop', picture: { bytes: string; type: string }): Promise<void> {
  await page.$eval(
    'input[role="combobox"]',
    (target, event, { bytes, type }) => {
      const raw = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([raw], 'picture', { type }));
      const init = { bubbles: true, cancelable: true };
      target.dispatchEvent(
        event === 'drop'
          ? new DragEvent('drop', { ...init, dataTransfer: data })
          : new ClipboardEvent('paste', { ...init, clipboardData: data }),
      );
    },
    how,
    picture,
  );
}

/** A photograph of the screen that shows the code, as PNG. */
async function photograph(): Promise<{ bytes: string; type: string }> {
  const page = await show(states['b-qr']);
  // There is more to a picture than its element.
  await page.$eval('.qr img', (image) => (image as HTMLImageElement).decode());
  return { bytes: await page.screenshot({ encoding: 'base64' }), type: 'image/png' };
}

/** A white square, one bit a pixel. */
function blankPng(side: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  // A filter byte, which is none, and the pixels.
  const row = Buffer.alloc(1 + Math.ceil(side / 8), 255).fill(0, 0, 1);
  const rows = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)), { level: 1 });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

describe('confirming', () => {
  test.each([
    ['They match, pair', true],
    ['They differ', false],
  ])('the one who showed the code says “%s”', async (answer, accept) => {
    const page = await show(states.d);
    await sees(page, 'Pair with Bob?');
    expect(await wordsOn(page)).toEqual(WORDS);
    await button(page, answer).click();
    await isAsked(page, 'pair-confirm', { accept });
  });

  test('the question has the focus, and no key pairs by accident', async () => {
    const page = await show(states.b);
    await tell(page, states.d ?? null);
    await expect.poll(() => focused(page)).toBe('Pair with Bob?');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(await namesAsked(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await isAsked(page, 'pair-confirm', { accept: true });
  });

  test('one answer is enough', async () => {
    const page = await show(states.d);
    await button(page, 'They match, pair').click();
    await page.waitForSelector('.btn.primary:disabled');
    expect(await page.$eval('.btn.quiet', (quiet) => quiet.matches(':disabled'))).toBe(true);
  });

  test('the one who had the code sees the same words, waits, and may cancel', async () => {
    const page = await show(states['d-joining']);
    await sees(page, 'Waiting for the other side to confirm');
    expect(await wordsOn(page)).toEqual(WORDS);
    await button(page, 'Cancel').click();
    await isAsked(page, 'pair-cancel', {});
  });

  test.each(['d', 'd-joining'])('Escape on screen %s ends the pairing', async (name) => {
    const page = await show(states[name]);
    await page.waitForSelector('.words');
    await page.keyboard.press('Escape');
    await isAsked(page, 'pair-cancel', {});
  });

  test('who guesses at my code is told of as a stranger', async () => {
    const page = await show(states['b-guessed']);
    await sees(page, 'Somebody entered a wrong code, so this one is used up. Show a new one.');
    await button(page, 'New code').click();
    await isAsked(page, 'pair-host', { form: 'code' });
  });

  test('a server that is not what it was is named as the reason', async () => {
    const server = {
      url: 'https://a.example',
      status: 'unreachable',
      kind: null,
      problem: 'server-changed',
      services: null,
    } as const;
    const pairing = { step: 'failed', role: 'host', code: 'server-unreachable' } as const;
    const page = await show(app({ peers: [], server, pairing }));
    await sees(page, 'This address no longer answers as the Pairwise server it was');
  });
});

describe('a QR picture', () => {
  test('it is asked for, shown with its time, and left again', async () => {
    const page = await show(states.b);
    await button(page, 'QR code').click();
    await isAsked(page, 'pair-host', { form: 'secret' });
    await tell(page, states['b-qr'] ?? null);
    await page.waitForSelector('.qr img[alt="QR code with the long secret"]');
    await sees(page, '3:51 left');
    await button(page, 'Show a code instead').click();
    await isAsked(page, 'pair-host', { form: 'code' });
  });

  test.each(['paste', 'drop'] as const)('a photograph of it that comes by %s is read', async (how) => {
    const picture = await photograph();
    const page = await show(states.a);
    await opensEntry(page);
    await gives(page, how, picture);
    await sees(page, 'The long secret is complete.');
    expect(await entered(page)).toBe(SECRET);
    await button(page, 'Pair').click();
    await isAsked(page, 'pair-join', { code: SECRET });
  });

  test('what can’t be read is said, and what was typed stays', async () => {
    const blank = await (await show(states.loading)).screenshot({ encoding: 'base64' });
    const page = await show(states.a);
    await opensEntry(page);
    await page.keyboard.type('4821-ac');
    await gives(page, 'paste', { bytes: blank, type: 'image/png' });
    await sees(page, 'No Pairwise QR code was found in this picture.');
    expect(await entered(page)).toBe('4821-ac');
    await gives(page, 'drop', { bytes: btoa('no picture at all'), type: 'image/png' });
    await sees(page, 'No Pairwise QR code was found in this picture.');
  });

  test('a picture too large to be decoded is refused by its head alone', async () => {
    const page = await show(states.a);
    await opensEntry(page);
    // Decoded it would fill 1.6 GB, which this page would not survive.
    await gives(page, 'paste', { bytes: blankPng(20_000).toString('base64'), type: 'image/png' });
    await sees(page, 'This picture is too large.');
  });

  test('a pasted secret is taken whole', async () => {
    const page = await show(states.a);
    await opensEntry(page);
    await page.$eval(
      'input[role="combobox"]',
      (input, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text', `Paste this: ${text}\n`);
        input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      },
      SECRET,
    );
    await page.keyboard.press('Enter');
    await isAsked(page, 'pair-join', { code: SECRET });
  });
});

describe('afterwards', () => {
  test('the words can be compared again', async () => {
    const page = await show(states.e);
    await button(page, 'More').click();
    await menuItem(page, 'Verify Bob').click();
    await page.waitForSelector('dialog[open]');
    expect(await wordsOn(page)).toEqual(WORDS);
    await button(page, 'Close').click();
    await expect.poll(() => page.$('dialog')).toBeNull();
    expect(await asked(page)).toEqual([]);
  });

  test('to block somebody is asked first', async () => {
    const page = await show(states.e);
    await button(page, 'More').click();
    await menuItem(page, 'Block Bob').click();
    await page.waitForSelector('dialog[open]');
    expect(await asked(page)).toEqual([]);
    await button(page, 'Block').click();
    await isAsked(page, 'peer-block', { peerId: BOB_ID, blocked: true });
  });

  test('who is blocked can be read and unblocked, not written to', async () => {
    const page = await show(states.blocked);
    await sees(page, 'Bob is blocked');
    await button(page, 'Show messages').click();
    await sees(page, 'Off to the ferry, back tonight.');
    expect(await page.$('textarea')).toBeNull();
    await button(page, 'Unblock').click();
    await isAsked(page, 'peer-block', { peerId: BOB_ID, blocked: false });
  });

  test('who ended the pairing can be paired with again, or forgotten', async () => {
    const page = await show(states.unpaired);
    await sees(page, 'Bob ended the pairing');
    await button(page, 'Forget').click();
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.$('dialog')).toBeNull();
    await button(page, 'Pair again').click();
    await sees(page, 'Pair another browser');
  });

  test('what a server that is none of ours can’t protect stands in Options', async () => {
    const page = await show(states.stock, { view: 'options' });
    await sees(page, 'This is a PeerJS server, not a Pairwise server.');
    await tell(page, app({ peers: [peer()] }));
    await expect.poll(() => screen(page)).not.toContain('PeerJS');
  });

  test('a server that is not what it was is told of beside what waits', async () => {
    const page = await show(states.changed);
    await sees(page, 'Pairwise stays away');
    await button(page, 'Options').click();
    await isAsked(page, 'open-place', { place: 'options' });
  });
});
