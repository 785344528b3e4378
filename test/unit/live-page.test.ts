import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PageListener, PageMark } from '../../extension/core/session/shared-page.ts';
import { FakeStream, LivePair, type LivePerson } from '../support/live-pair.ts';

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

  test('leaves a pause of the person as it is, and holds what would go on after it, for one more click', () => {
    const goOn = () => alice.live.outgoing.running?.pause(false);
    alice.live.outgoing.running?.pause(true);
    page.says.password(true);
    expect(alice.shows?.pause).toBe('person');
    goOn();
    expect(alice.shows?.pause).toBe('password');
    expect(alice.sharer.isPaused).toBe(true);
    goOn();
    expect(alice.shows?.pause).toBeNull();
    // It is known by now that this field has the focus.
    alice.live.outgoing.running?.pause(true);
    goOn();
    expect(alice.shows?.pause).toBeNull();
    expect(alice.sharer.isPaused).toBe(false);
  });

  test('on the page of another site holds what would go on after that pause', () => {
    changes({ pauseOnNavigation: true });
    goes(true);
    comes('https://news.example/login', 'Log in').says.password(true);
    expect(alice.shows?.pause).toBe('navigation');
    alice.live.outgoing.running?.pause(false);
    expect(alice.shows?.pause).toBe('password');
    alice.live.outgoing.running?.pause(false);
    expect(alice.shows?.pause).toBeNull();
  });

  test('that has lost the focus meanwhile, or is not minded, holds nothing after a pause', () => {
    const pauses = (paused: boolean) => alice.live.outgoing.running?.pause(paused);
    pauses(true);
    page.says.password(true);
    page.says.password(false);
    pauses(false);
    expect(alice.shows?.pause).toBeNull();
    pauses(true);
    page.says.password(true);
    changes({ pauseOnPassword: false });
    pauses(false);
    expect(alice.shows?.pause).toBeNull();
    changes({ pauseOnPassword: true });
    page.says.password(false);
    page.says.password(true);
    expect(alice.shows?.pause).toBe('password');
  });

  test('that was met in a pause of the person is met again on the next page', () => {
    alice.live.outgoing.running?.pause(true);
    page.says.password(true);
    goes(true);
    const next = comes('https://tides.example/account', 'Account');
    alice.live.outgoing.running?.pause(false);
    expect(alice.shows?.pause).toBeNull();
    next.says.password(true);
    expect(alice.shows?.pause).toBe('password');
  });
});

describe('a tab that the share goes over to', () => {
  /** The script in it, which says nothing yet. */
  const script = () => alice.live.outgoing.pageConnected(8, { post: () => {}, close: () => {} });

  test('is held, without a word, until it is known that no password field has the focus there', async () => {
    await alice.showsTab(8, 'Second');
    const says = script();
    says?.seen({ origin: SITE, url: TIDES, title: 'Second' });
    expect(alice.sharer.isPaused).toBe(true);
    expect(alice.shows?.pause).toBeNull();
    says?.password(false);
    await alice.until('goes on', () => !alice.sharer.isPaused);
    await bob.until('told', () => bob.isShown?.title === 'Second');
    expect(bob.heard.filter((message) => message.type === 'share-offer' && message.pause !== null)).toEqual([]);
  });

  test('with a password field that has the focus is held on, and nothing of it goes out before', async () => {
    const wasShown: boolean[] = [];
    const { pause } = alice.sharer;
    alice.sharer.pause = (on) => {
      wasShown.push(!on);
      pause.call(alice.sharer, on);
    };
    await alice.showsTab(8, 'Second');
    script()?.password(true);
    await bob.until('told', () => bob.isShown?.pause === 'password');
    await settled();
    expect(alice.sharer.isPaused).toBe(true);
    expect(wasShown).not.toContain(true);
  });

  test('goes on at once where the browser doesn’t let the script in, and after half a second where it says nothing', async () => {
    alice.pageLets = false;
    await alice.showsTab(8, 'Settings');
    await settled();
    expect(alice.sharer.isPaused).toBe(false);
    alice.pageLets = true;
    vi.useFakeTimers();
    try {
      await alice.showsTab(9, 'Third');
      expect(alice.sharer.isPaused).toBe(true);
      await vi.advanceTimersByTimeAsync(499);
      expect(alice.sharer.isPaused).toBe(true);
      await vi.advanceTimersByTimeAsync(1);
      expect(alice.sharer.isPaused).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not held where the person doesn’t mind passwords', async () => {
    changes({ pauseOnPassword: false });
    await alice.showsTab(8, 'Second');
    expect(alice.sharer.isPaused).toBe(false);
  });

  test('and left again before it was known holds nothing', async () => {
    await alice.showsTab(8, 'Second');
    alice.nextStream = () => new FakeStream({ surface: 'window' });
    await alice.picksSource();
    await settled();
    expect(alice.sharer.isPaused).toBe(false);
    alice.live.outgoing.running?.pause(true);
    await alice.showsTab(8, 'Second');
    script()?.password(false);
    await settled();
    expect(alice.sharer.isPaused).toBe(true);
  });
});

/** Whatever either side has set going by now is done. */
async function settled(): Promise<void> {
  for (const { session } of [bob, alice, bob]) await session.channel.send({ type: 'typing' });
}

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

describe('a tab that crashes', () => {
  const crashes = async () => {
    alice.tabHasCrashed = true;
    page.says.closed();
    await bob.until('crashed', () => bob.isShown?.trouble === 'crashed');
  };

  test('is told as that to both, and nothing else is, until it is loaded again', async () => {
    alice.sharer.options.onTrouble('frozen');
    await crashes();
    expect(alice.shows).toMatchObject({ trouble: 'crashed', pause: null });
    expect(bob.isShown?.pointing).toBe(false);
    alice.tabHasCrashed = false;
    alice.sharer.options.onTrouble(null);
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.trouble).toBeNull();
    comes(TIDES, 'Tide tables');
    await bob.until('points', () => bob.isShown?.pointing === true && bob.isShown.trouble === null);
    expect(alice.entered).toEqual([7, 7]);
  });

  test('that the browser keeps from us afterwards waits for a click on the icon', async () => {
    await crashes();
    alice.tabHasCrashed = false;
    alice.pageLets = false;
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows).toMatchObject({ trouble: null, reach: 'lost' });
    alice.pageLets = true;
    await alice.live.outgoing.running?.reach(7);
    comes(TIDES, 'Tide tables');
    expect(alice.shows?.reach).toBe('page');
  });

  test('isn’t held as if it had gone elsewhere; what is loaded then is', async () => {
    changes({ pauseOnNavigation: true });
    await crashes();
    expect(alice.shows?.pause).toBeNull();
    alice.tabHasCrashed = false;
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBe('navigation');
  });

  test('is no trouble of another source', async () => {
    await crashes();
    alice.tabHasCrashed = false;
    await alice.showsTab(8, 'Second');
    expect(alice.shows?.trouble).toBeNull();
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

  test('holds it once: who goes on before it is known where the page went is not asked again', async () => {
    changes({ pauseOnNavigation: true });
    goes(false);
    expect(alice.shows?.pause).toBe('navigation');
    alice.live.outgoing.running?.pause(false);
    await alice.until('lost', () => alice.shows?.reach === 'lost');
    expect(alice.shows?.pause).toBeNull();
    expect(alice.sharer.isPaused).toBe(false);
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBe('navigation');
  });

  test('a page of the same site goes on by itself', async () => {
    changes({ pauseOnNavigation: true });
    goes(true);
    expect(alice.sharer.isPaused).toBe(true);
    comes('https://tides.example/tomorrow', 'Tomorrow');
    expect(alice.sharer.isPaused).toBe(false);
    await bob.until('told', () => bob.isShown?.title === 'Tomorrow' && bob.isShown.pause === null);
  });

  test('is noticed where the script can’t be: every page that loads there holds it', async () => {
    changes({ pauseOnNavigation: true });
    goes(false);
    await alice.until('lost', () => alice.shows?.reach === 'lost');
    alice.live.outgoing.running?.pause(false);
    alice.live.outgoing.running?.tabLoads(8);
    expect(alice.shows?.pause).toBeNull();
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBe('navigation');
    expect(alice.sharer.isPaused).toBe(true);
    await bob.until('told', () => bob.isShown?.pause === 'navigation');
  });

  test('is noticed in a tab whose first page the script was never let into', async () => {
    changes({ pauseOnNavigation: true });
    alice.pageLets = false;
    await alice.showsTab(8, 'Paper');
    alice.live.outgoing.running?.tabLoads(8);
    expect(alice.shows).toMatchObject({ title: 'Paper', reach: 'none', pause: 'navigation' });
  });

  test('that can’t be told from a page of the same one doesn’t hold it by default', async () => {
    goes(false);
    await alice.until('lost', () => alice.shows?.reach === 'lost');
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBeNull();
  });

  test('a load is left to the script where it is, and on the way from one page to the next', async () => {
    changes({ pauseOnNavigation: true });
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBeNull();
    goes(true);
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBe('navigation');
    comes('https://tides.example/tomorrow', 'Tomorrow');
    expect(alice.shows?.pause).toBeNull();
    alice.live.outgoing.running?.tabLoads(7);
    expect(alice.shows?.pause).toBeNull();
    expect(alice.entered).toEqual([7, 7]);
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
