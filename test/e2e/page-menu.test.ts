import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { clickOn } from '../support/click.ts';
import { Person } from '../support/person.ts';
import { SEE_LIMIT_MS } from '../support/popup-user.ts';
import { hasScreen, Screen } from '../support/screen.ts';
import { startTestServer } from '../support/server.ts';
import { gives, startSite } from '../support/site.ts';

/*
 * A real click in the real menu of a page, and the browser's own question whether a site may be read: the protocol of a browser has
 * neither. The rest of what the menu does is in ways-in.test.ts.
 */
const PICTURE = randomBytes(50_000);

/** Chromium's questions take no answer for half a second after they appear, and after every key; nothing shows when that is over. */
const ANSWER_PAUSE_MS = 1_500;

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function arrives(bob: Person, name: string): Promise<void> {
  await bob.accepts(name);
  const saved = async () => digest(await readFile(bob.downloadPath(name)).catch(() => new Uint8Array()));
  await expect.poll(saved, { timeout: SEE_LIMIT_MS }).toBe(digest(PICTURE));
}

test.skipIf(!hasScreen())('a click in the menu gives leave for the page’s site, and a word for another', async () => {
  const other = await startSite({ '/closed.png': gives(PICTURE, { 'content-type': 'image/png' }) });
  onTestFinished(() => other.close());
  const shown = (id: string, url: string) => `<img id="${id}" src="${url}" style="width:600px;height:200px" alt="">`;
  const home = await startSite({
    '/': gives(`<title>Harbour</title>${shown('own', '/own.png')}<br>${shown('other', `${other.origin}/closed.png`)}`, {
      'content-type': 'text/html',
      'set-cookie': 'member=yes; SameSite=Strict',
    }),
    '/own.png': (request, response) => {
      const isMember = request.headers.cookie === 'member=yes';
      response.writeHead(isMember ? 200 : 403, { 'content-type': 'image/png' }).end(isMember ? PICTURE : '');
    },
  });
  onTestFinished(() => home.close());
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const bob = await Person.start({ name: 'Bob', serverUrl: server.url, pageUrl: `${home.origin}/` });
  onTestFinished(() => bob.leaves());
  const screen = await Screen.open();
  onTestFinished(() => screen.close());
  const alice = await Person.start(
    { name: 'Alice', serverUrl: server.url, pageUrl: `${home.origin}/` },
    { headless: false, display: screen.display },
  );
  onTestFinished(() => alice.leaves());
  await alice.pairsWith(bob);
  await alice.closesPopup();
  // Whatever leave the icon gave for this page is gone with it.
  await alice.goesTo('about:blank');
  await alice.goesTo(`${home.origin}/`);

  // The entry stands above "Inspect", the last one.
  await screen.opensMenu(alice.page, '#own');
  screen.presses('Up', 'Up', 'Return');
  await arrives(bob, 'own.png');

  await screen.opensMenu(alice.page, '#other');
  screen.presses('Up', 'Up', 'Return');
  const view = await alice.browser.waitForPanel('/window.html');
  const hasFocus = () => view.evaluate(() => document.hasFocus());
  await expect.poll(hasFocus, { timeout: SEE_LIMIT_MS }).toBe(true);
  await clickOn(view, '::-p-aria([name="Allow"][role="button"])', { limitMs: SEE_LIMIT_MS });
  // The browser's question takes the focus. "Deny" has it, "Allow" is the next.
  await expect.poll(hasFocus, { timeout: SEE_LIMIT_MS }).toBe(false);
  await delay(ANSWER_PAUSE_MS);
  screen.presses('Tab');
  const worker = await alice.browser.worker();
  const allowed = async () => (await worker.evaluate(() => chrome.permissions.getAll())).origins;
  const answers = async () => {
    const origins = await allowed();
    if (origins?.length === 0) screen.presses('Return');
    return origins;
  };
  await expect.poll(answers, { timeout: SEE_LIMIT_MS, interval: ANSWER_PAUSE_MS }).toEqual([`${other.origin}/*`]);
  await arrives(bob, 'closed.png');
});
