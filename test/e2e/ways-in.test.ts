import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { clickOn } from '../support/click.ts';
import { dropsFiles } from '../support/drop.ts';
import { makeFolder, readFolder } from '../support/files.ts';
import { choosesInMenu, isInMenu, onlyPeerId } from '../support/page-menu.ts';
import { pairedTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { SEE_LIMIT_MS } from '../support/popup-user.ts';
import { gives, type Site, startSite } from '../support/site.ts';
import { readState } from '../support/state.ts';

const PICTURE = randomBytes(300_000);
const PAGE = { 'content-type': 'text/html' };
const PNG = { 'content-type': 'image/png' };

/** A test with two sites: the one Alice is on, where only those who were there before get everything, and one beside it. */
const test = pairedTest.extend<{ home: Site; other: Site }>({
  // biome-ignore lint/correctness/noEmptyPattern: what a fixture needs is read from its parameter.
  home: async ({}, use) => {
    const home = await startSite({
      '/': gives('<title>Harbour</title><h1>Harbour</h1>', { ...PAGE, 'set-cookie': 'member=yes; SameSite=Strict' }),
      '/favicon.ico': gives(''),
      '/members/harbour.png': (request, response) => {
        const isMember = request.headers.cookie === 'member=yes';
        response.writeHead(isMember ? 200 : 403, PNG).end(isMember ? PICTURE : '');
      },
      '/named': gives(PICTURE, { ...PNG, 'content-disposition': 'attachment; filename="../../.profile.png"' }),
      '/moved.png': (_, response) => void response.writeHead(302, { location: '/members/harbour.png' }).end(),
      '/login.png': gives('<title>Log in</title>', PAGE),
      '/torn.mp4': (_, response) => {
        response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '1000000' });
        response.write(randomBytes(100_000), () => response.destroy());
      },
    });
    await use(home);
    await home.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  other: async ({}, use) => {
    const other = await startSite({
      '/open': gives(PICTURE, { ...PNG, 'access-control-allow-origin': '*' }),
      '/closed.png': gives(PICTURE, PNG),
    });
    await use(other);
    await other.close();
  },
});

async function arrives(bob: Person, name: string): Promise<void> {
  await bob.accepts(name);
  const saved = async () => digest(await readFile(bob.downloadPath(name)).catch(() => new Uint8Array()));
  await expect.poll(saved, { timeout: SEE_LIMIT_MS }).toBe(digest(PICTURE));
}

/** Where the newest link leads that this person has. */
async function newestLink(person: Person): Promise<string | undefined> {
  const { peers } = await readState(await person.popup());
  return peers[0]?.timeline.findLast((item) => item.kind === 'link')?.url;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

pairedTest('a folder dropped on the side panel arrives with its tree', async ({ people: { alice, bob } }) => {
  const folder = await makeFolder(alice.profile, 'coast', ['one.jpg', 'old/two.jpg']);
  const panel = await alice.browser.panel('/sidepanel.html');
  await panel.waitForSelector('textarea');
  await dropsFiles(panel, [folder]);
  await bob.receives('coast');
  expect(await readFolder(bob.downloadPath('coast'))).toEqual(await readFolder(folder));
});

test('what a page shows is sent as a file, by the rules of its site', async ({ people, home, other }) => {
  const { alice, bob } = people;
  await alice.goesTo(`${home.origin}/`);
  await alice.popup();
  await alice.closesPopup();
  // With leave for the site that Alice is on, its cookies are hers.
  await choosesInMenu(alice, 'file', { srcUrl: `${home.origin}/members/harbour.png` });
  await arrives(bob, 'harbour.png');
  // Her own site may send her on, and its own word on the name can't lead out of Downloads.
  await choosesInMenu(alice, 'file', { srcUrl: `${home.origin}/named` });
  await arrives(bob, 'profile.png');
  // Elsewhere she is nobody, and gets what everybody gets. The ending comes from the type.
  await choosesInMenu(alice, 'file', { linkUrl: `${other.origin}/open` });
  await arrives(bob, 'open.png');
  expect(other.requests.map(({ cookie }) => cookie)).toEqual([undefined]);
  // What is written in the page itself needs no site.
  await choosesInMenu(alice, 'file', { srcUrl: `data:image/png;base64,${PICTURE.toString('base64')}` });
  await arrives(bob, 'file.png');
  expect(people.problems()).toEqual([]);
});

test('what can’t be fetched goes out as a link, and Alice is told', async ({ people, home, other }) => {
  const { alice, bob } = people;
  await alice.goesTo(`${home.origin}/`);
  await alice.popup();
  await alice.closesPopup();
  for (const path of ['/gone.png', '/login.png', '/torn.mp4']) {
    await choosesInMenu(alice, 'file', { srcUrl: home.origin + path });
    await alice.sees('so its link was sent instead');
    await alice.clicks('Close');
    await expect.poll(() => newestLink(bob)).toBe(home.origin + path);
  }
  await choosesInMenu(alice, 'file', { srcUrl: `blob:${home.origin}/00000000-0000-4000-8000-000000000000` });
  await alice.sees('This file exists only inside its page.');
  expect(other.requests).toEqual([]);
});

test('a site that keeps its files to itself is asked for by a click, or its link is sent', async ({
  people: { alice, bob },
  home,
  other,
}) => {
  await alice.goesTo(`${home.origin}/`);
  await choosesInMenu(alice, 'file', { srcUrl: `${other.origin}/closed.png` });
  const view = await alice.browser.waitForPanel('/window.html');
  await view.waitForFunction((host) => document.body.innerText.includes(host), {}, new URL(other.origin).host);
  const worker = await alice.browser.worker();
  expect(await worker.evaluate(() => chrome.permissions.getAll())).toMatchObject({ origins: [] });
  await clickOn(view, '::-p-aria([name="Send the link"][role="button"])', { limitMs: SEE_LIMIT_MS });
  await expect.poll(() => newestLink(bob)).toBe(`${other.origin}/closed.png`);
  expect(other.requests.map(({ cookie }) => cookie).filter((cookie) => cookie !== undefined)).toEqual([]);
});

test('links are sent from a page and its links, and the menu follows the peers', async ({ people, home, other }) => {
  const { alice, bob } = people;
  await alice.goesTo(`${home.origin}/`);
  await alice.popup();
  await alice.closesPopup();
  await choosesInMenu(alice, 'page', {});
  await bob.sees('Harbour');
  expect(await newestLink(bob)).toBe(`${home.origin}/`);
  const withUser = other.origin.replace('//', '//me:secret@');
  await choosesInMenu(alice, 'link', { linkUrl: `${withUser}/open` });
  await expect.poll(() => newestLink(bob)).toBe(`${other.origin}/open`);
  const bobId = await onlyPeerId(alice);
  await expect.poll(() => isInMenu(alice, 'file', bobId)).toBe(true);
  await alice.clicks('More');
  await alice.clicks('Block Bob', 'menuitem');
  await alice.clicks('Block');
  // A menu that changes is empty for a moment.
  const entries = async () => [await isInMenu(alice, 'file', bobId), await isInMenu(alice, 'page', bobId)];
  await expect.poll(entries).toEqual([false, false]);
});
