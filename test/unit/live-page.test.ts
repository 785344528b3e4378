import { beforeEach, describe, expect, test } from 'vitest';
import type { PageListener, PageMark } from '../../extension/core/session/shared-page.ts';
import { LivePair, type LivePerson } from '../support/live-pair.ts';

const SITE = 'https://tides.example';
const TIDES = `${SITE}/today`;

let pair: LivePair;
let alice: LivePerson;
let bob: LivePerson;
let page: FakePage;
beforeEach(async () => {
  pair = await LivePair.start();
  ({ alice, bob } = pair);
  await alice.showsTab();
  page = comes(TIDES, 'Tide tables');
  await bob.until('reach', () => bob.isShown?.pointing === true);
  return () => pair.disconnect();
});

interface FakePage {
  readonly says: PageListener;
  /** What was shown in it, the newest last. */
  readonly marks: PageMark[];
  isClosed: boolean;
}

/** The script is there in tab 7, and says where. */
function comes(url: string, title: string): FakePage {
  const marks: PageMark[] = [];
  const close = () => {
    page.isClosed = true;
  };
  const port = { post: (mark: PageMark) => marks.push(mark), close };
  const says = alice.live.outgoing.pageConnected(7, port);
  if (!says) throw new Error('The script was sent away.');
  const page: FakePage = { says, marks, isClosed: false };
  says.seen({ origin: new URL(url).origin, url, title });
  return page;
}

/** The tab leaves its page; the browser lets the script into the next one, or not. */
function goes(lets: boolean): void {
  alice.pageLets = lets;
  page.says.closed();
}

const changes = (settings: object) => alice.store.change({ settings: { ...alice.store.now.settings, ...settings } });

describe('reach into the page of a shared tab', () => {
  test('brings its address and title to both', async () => {
    expect(alice.entered).toEqual([7]);
    expect(alice.shows).toMatchObject({ reach: 'page', page: TIDES, title: 'Tide tables' });
    page.says.seen({ origin: SITE, url: `${TIDES}?day=2`, title: 'Tomorrow' });
    await bob.until('told', () => bob.isShown?.title === 'Tomorrow');
    expect(bob.isShown?.page).toBe(`${TIDES}?day=2`);
  });

  test('a page without an address for others has a title only', async () => {
    page.says.seen({ origin: SITE, url: '', title: 'Diary' });
    await bob.until('told', () => bob.isShown?.title === 'Diary');
    expect(bob.isShown?.page).toBeNull();
  });

  test('a script in another tab is sent away', () => {
    expect(alice.live.outgoing.pageConnected(8, { post: () => {}, close: () => {} })).toBeNull();
  });

  test('stays on the way to a page of the same site', async () => {
    goes(true);
    expect(alice.entered).toEqual([7, 7]);
    const next = comes('https://tides.example/tomorrow', 'Tomorrow');
    await bob.until('told', () => bob.isShown?.title === 'Tomorrow');
    expect(alice.shows).toMatchObject({ reach: 'page', pause: null });
    // What the page before still says is not heard.
    page.says.seen({ origin: SITE, url: TIDES, title: 'Late' });
    expect(alice.shows?.title).toBe('Tomorrow');
    alice.sharer.options.onPointer({ type: 'point', x: 0.5, y: 0.5 });
    expect(next.marks).toEqual([{ type: 'point', x: 0.5, y: 0.5, name: 'Bob' }]);
  });

  test('is lost on another site, with pointer and address, and comes back with a click on the icon', async () => {
    goes(false);
    await bob.until('lost', () => bob.isShown?.pointing === false);
    expect(bob.isShown).toMatchObject({ page: null, title: '', pause: null });
    expect(alice.shows?.reach).toBe('lost');
    alice.pageLets = true;
    await alice.live.outgoing.running?.reach(8);
    expect(alice.entered).toEqual([7]);
    await alice.live.outgoing.running?.reach(7);
    expect(alice.entered).toEqual([7, 7]);
    comes('https://news.example/', 'News');
    await bob.until('back', () => bob.isShown?.pointing === true);
    expect(bob.isShown).toMatchObject({ page: 'https://news.example/', title: 'News', pause: null });
  });

  test('a page that went while the script was put in gets it a moment later', async () => {
    goes(false);
    await alice.until('lost', () => alice.shows?.reach === 'lost');
    alice.pageLets = true;
    await alice.until('entered', () => alice.entered.length === 2);
    comes(TIDES, 'Tide tables');
    expect(alice.shows?.reach).toBe('page');
  });

  test('ends with the share, and with another source', async () => {
    await alice.showsTab(8, 'Second');
    expect(page.isClosed).toBe(true);
    expect(alice.entered).toEqual([7, 8]);
    expect(alice.shows).toMatchObject({ reach: 'none', page: null, title: 'Second' });
    const closed: number[] = [];
    alice.live.outgoing.pageConnected(8, { post: () => {}, close: () => closed.push(8) });
    alice.live.outgoing.stop();
    expect(closed).toEqual([8]);
    expect(alice.live.outgoing.pageConnected(8, { post: () => {}, close: () => {} })).toBeNull();
  });
});

describe('the peer’s pointer', () => {
  test('is shown under the peer’s name, and goes when it leaves', () => {
    alice.sharer.options.onPointer({ type: 'point', x: 0.25, y: 0.75 });
    alice.sharer.options.onPointer({ type: 'click', x: 0.25, y: 0.75 });
    alice.sharer.options.onPointer({ type: 'away' });
    expect(page.marks).toEqual([
      { type: 'point', x: 0.25, y: 0.75, name: 'Bob' },
      { type: 'click', x: 0.25, y: 0.75, name: 'Bob' },
      { type: 'away' },
    ]);
  });

  test('can be switched off: it goes at once, and the peer knows', async () => {
    alice.sharer.options.onPointer({ type: 'point', x: 0.5, y: 0.5 });
    alice.live.outgoing.running?.setPointing(false);
    expect(page.marks.at(-1)).toEqual({ type: 'away' });
    alice.sharer.options.onPointer({ type: 'point', x: 0.6, y: 0.5 });
    expect(page.marks).toHaveLength(2);
    await bob.until('told', () => bob.isShown?.pointing === false);
    alice.live.outgoing.running?.setPointing(true);
    await bob.until('told', () => bob.isShown?.pointing === true);
  });

  test('is not shown over a picture that is held', async () => {
    alice.sharer.options.onPointer({ type: 'point', x: 0.5, y: 0.5 });
    alice.live.outgoing.running?.pause(true);
    expect(page.marks.at(-1)).toEqual({ type: 'away' });
    alice.sharer.options.onPointer({ type: 'click', x: 0.6, y: 0.5 });
    expect(page.marks).toHaveLength(2);
    await bob.until('told', () => bob.isShown?.pointing === false);
  });
});

describe('a password field', () => {
  test('holds picture and sound until one click, and the peer knows why', async () => {
    page.says.password(true);
    expect(alice.sharer.isPaused).toBe(true);
    expect(alice.shows?.pause).toBe('password');
    await bob.until('told', () => bob.isShown?.pause === 'password');
    page.says.password(false);
    expect(alice.sharer.isPaused).toBe(true);
    alice.live.outgoing.running?.pause(false);
    expect(alice.sharer.isPaused).toBe(false);
    await bob.until('told', () => bob.isShown?.pause === null);
  });

  test('that keeps the focus after that click doesn’t hold it again; one that gets it anew does', () => {
    page.says.password(true);
    alice.live.outgoing.running?.pause(false);
    page.says.password(true);
    expect(alice.shows?.pause).toBeNull();
    page.says.password(false);
    page.says.password(true);
    expect(alice.shows?.pause).toBe('password');
  });

  test('that has the focus on the next page holds it too', () => {
    goes(true);
    comes('https://tides.example/login', 'Log in').says.password(true);
    expect(alice.shows?.pause).toBe('password');
  });

  test('does nothing where the person has switched that off', () => {
    changes({ pauseOnPassword: false });
    page.says.password(true);
    expect(alice.shows?.pause).toBeNull();
    expect(alice.sharer.isPaused).toBe(false);
  });

  test('leaves a pause of the person as it is', () => {
    alice.live.outgoing.running?.pause(true);
    page.says.password(true);
    expect(alice.shows?.pause).toBe('person');
  });
});

describe('a protected film on the page', () => {
  const known = (trouble: string | null) => bob.until(`trouble ${trouble}`, () => bob.isShown?.trouble === trouble);

  test('is known to both as long as it can be seen', async () => {
    page.says.film(true);
    expect(alice.shows?.trouble).toBe('protected');
    await known('protected');
    page.says.film(false);
    await known(null);
  });

  test('counts less than what is wrong with the whole picture', async () => {
    page.says.film(true);
    alice.sharer.options.onTrouble('black');
    expect(alice.shows?.trouble).toBe('black');
    alice.sharer.options.onTrouble(null);
    expect(alice.shows?.trouble).toBe('protected');
    alice.sharer.options.onTrouble('frozen');
    page.says.film(false);
    expect(alice.shows?.trouble).toBe('frozen');
  });

  test('goes with the page, and what that says later of it is not heard', async () => {
    page.says.film(true);
    goes(true);
    expect(alice.shows?.trouble).toBeNull();
    const next = comes('https://tides.example/tomorrow', 'Tomorrow');
    page.says.film(true);
    expect(alice.shows?.trouble).toBeNull();
    next.says.film(true);
    expect(alice.shows?.trouble).toBe('protected');
  });

  test('goes with another source', async () => {
    page.says.film(true);
    await alice.showsTab(8, 'Second');
    expect(alice.shows).toMatchObject({ title: 'Second', trouble: null });
    await known(null);
  });

  test('goes where the browser lets the script into no other page', async () => {
    page.says.film(true);
    await known('protected');
    goes(false);
    await known(null);
  });
});

describe('another site', () => {
  test('doesn’t hold the share by default', () => {
    goes(true);
    comes('https://news.example/', 'News');
    expect(alice.shows?.pause).toBeNull();
  });

  test('holds it where the person chose so, from the moment that the page goes, until one click', async () => {
    changes({ pauseOnNavigation: true });
    goes(false);
    expect(alice.sharer.isPaused).toBe(true);
    expect(alice.shows?.pause).toBe('navigation');
    await alice.until('lost', () => alice.shows?.reach === 'lost');
    expect(alice.shows?.pause).toBe('navigation');
    alice.live.outgoing.running?.pause(false);
    expect(alice.sharer.isPaused).toBe(false);
    // The icon was clicked there: that is no further navigation.
    alice.pageLets = true;
    await alice.live.outgoing.running?.reach(7);
    comes('https://news.example/', 'News');
    expect(alice.shows?.pause).toBeNull();
  });

  test('that the browser lets the script into holds it as well', () => {
    changes({ pauseOnNavigation: true });
    goes(true);
    comes('https://news.example/', 'News');
    expect(alice.shows).toMatchObject({ pause: 'navigation', reach: 'page' });
  });

  test('a page of the same site goes on by itself', async () => {
    changes({ pauseOnNavigation: true });
    goes(true);
    expect(alice.sharer.isPaused).toBe(true);
    comes('https://tides.example/tomorrow', 'Tomorrow');
    expect(alice.sharer.isPaused).toBe(false);
    await bob.until('told', () => bob.isShown?.title === 'Tomorrow' && bob.isShown.pause === null);
  });

  test('what the person held stays held on the same site', () => {
    changes({ pauseOnNavigation: true });
    alice.live.outgoing.running?.pause(true);
    goes(true);
    comes('https://tides.example/tomorrow', 'Tomorrow');
    expect(alice.shows?.pause).toBe('person');
    expect(alice.sharer.isPaused).toBe(true);
  });
});
