import { signal } from '@preact/signals-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { OutgoingShares } from '../../extension/core/session/outgoing-shares.ts';
import type { PageSeen } from '../../extension/core/session/shared-page.ts';
import { app } from '../browser/ui/states.ts';

const OURS = 'our-extension';
const ORIGIN = `chrome-extension://${OURS}/`;
type Listener = (...args: unknown[]) => unknown;

const { runtime } = vi.hoisted(() => {
  const listeners = { connect: [] as Listener[], message: [] as Listener[] };
  return {
    runtime: {
      id: 'our-extension',
      listeners,
      getURL: (path: string) => `chrome-extension://our-extension${path}`,
      onConnect: { addListener: (listener: Listener) => listeners.connect.push(listener) },
      onMessage: { addListener: (listener: Listener) => listeners.message.push(listener) },
    },
  };
});
vi.mock('wxt/browser', () => ({ browser: { runtime } }));

const { servePages } = await import('../../extension/messaging/page-port.ts');
const { publishState } = await import('../../extension/messaging/publish.ts');
const { serve } = await import('../../extension/messaging/serve.ts');
const { serveViewers } = await import('../../extension/messaging/viewer-port.ts');
const { offscreenCommands } = await import('../../extension/messaging/commands.ts');

beforeEach(() => {
  runtime.listeners.connect.length = 0;
  runtime.listeners.message.length = 0;
});

/** The other end of a port that reaches the offscreen document, and all that was posted to it. */
class Port {
  readonly posted: unknown[] = [];
  isClosed = false;
  readonly #listeners: { message: Listener[]; end: Listener[] } = { message: [], end: [] };
  readonly onMessage = { addListener: (listener: Listener) => this.#listeners.message.push(listener) };
  readonly onDisconnect = { addListener: (listener: Listener) => this.#listeners.end.push(listener) };
  readonly name: string;
  readonly sender: object;

  constructor(name: string, sender: object) {
    this.name = name;
    this.sender = sender;
    for (const listener of runtime.listeners.connect) listener(this);
  }

  postMessage = (message: unknown) => this.posted.push(message);
  disconnect = () => {
    this.isClosed = true;
  };
  says(message: unknown): void {
    for (const listener of this.#listeners.message) listener(message);
  }
  ends(): void {
    for (const listener of this.#listeners.end) listener();
  }
}

const ownPage = { id: OURS, url: `${ORIGIN}popup.html`, origin: ORIGIN };
/** Our script, in a page of the web: our id, that page's address. */
const inPage = { id: OURS, url: 'https://tides.example/', origin: 'https://tides.example', frameId: 0, tab: { id: 7 } };
const STRANGERS = {
  'a script of ours in a page': inPage,
  'another extension': { id: 'another', url: 'chrome-extension://another/page.html' },
  'a page that only looks like ours': { id: OURS, url: `https://tides.example/${ORIGIN}` },
  'somebody without an address': { id: OURS },
};

describe('the state and the commands are for our own pages', () => {
  test('a view is told the state', () => {
    publishState(signal(app()));
    expect(new Port('state', ownPage).posted).toMatchObject([{ type: 'snapshot' }]);
  });

  test.each(Object.entries(STRANGERS))('%s is told nothing', (_, sender) => {
    publishState(signal(app()));
    const port = new Port('state', sender);
    port.says({ type: 'visible', visible: true });
    expect(port.posted).toEqual([]);
  });

  test('a viewer page may watch; nobody else', () => {
    const asked: string[] = [];
    const shares = { watch: (peerId: string) => void asked.push(peerId) };
    serveViewers(shares as unknown as Parameters<typeof serveViewers>[0]);
    const watch = { type: 'watch', peerId: 'B'.repeat(22), shareId: 's'.repeat(22) };
    for (const sender of Object.values(STRANGERS)) new Port('viewer', sender).says(watch);
    expect(asked).toEqual([]);
    new Port('viewer', ownPage).says(watch);
    expect(asked).toEqual(['B'.repeat(22)]);
  });

  test('a viewer page that shows nothing any more leaves, once, and may watch again', () => {
    const done: string[] = [];
    const shares = {
      watch: () => {
        done.push('watches');
        return { signal: () => done.push('speaks'), leave: () => done.push('leaves') };
      },
    };
    serveViewers(shares as unknown as Parameters<typeof serveViewers>[0]);
    const port = new Port('viewer', ownPage);
    const watch = { type: 'watch', peerId: 'B'.repeat(22), shareId: 's'.repeat(22) };
    const signal = { kind: 'candidate', candidate: null };
    for (const message of [watch, { type: 'leave' }, { type: 'leave' }, { type: 'signal', signal }, watch])
      port.says(message);
    port.ends();
    expect(done).toEqual(['watches', 'leaves', 'watches', 'leaves']);
  });

  test('a command is heard from our own pages; from nobody else', async () => {
    const heard: string[] = [];
    const handlers = new Proxy({}, { get: (_, name) => () => heard.push(String(name)) && undefined });
    serve('offscreen', offscreenCommands, handlers as Parameters<typeof serve<typeof offscreenCommands>>[2]);
    const [listener] = runtime.listeners.message;
    const give = (sender: object) => listener?.({ target: 'offscreen', type: 'share-stop' }, sender, () => {});
    for (const sender of Object.values(STRANGERS)) expect(give(sender)).toBeUndefined();
    expect(heard).toEqual([]);
    expect(give(ownPage)).toBe(true);
    await vi.waitFor(() => expect(heard).toEqual(['share-stop']));
  });
});

describe('the script in the shared page', () => {
  const seen: PageSeen[] = [];
  const focused: boolean[] = [];
  const films: boolean[] = [];
  const marks: { post(mark: object): void; close(): void }[] = [];
  let ends = 0;
  beforeEach(() => {
    seen.length = 0;
    focused.length = 0;
    films.length = 0;
    marks.length = 0;
    ends = 0;
    const pageConnected: OutgoingShares['pageConnected'] = (tabId, port) => {
      if (tabId !== 7) return null;
      marks.push(port);
      return {
        seen: (page) => seen.push(page),
        password: (on) => focused.push(on),
        film: (on) => films.push(on),
        closed: () => {
          ends += 1;
        },
      };
    };
    servePages({ pageConnected } as OutgoingShares);
  });

  const facts = { type: 'page', url: 'https://tides.example/today', title: 'Tides' };

  test('tells which page it is, where the focus is and whether there is a film, and its end', () => {
    const port = new Port('shared-page', inPage);
    port.says(facts);
    port.says({ type: 'password', focused: true });
    port.says({ type: 'film', seen: true });
    port.ends();
    expect(seen).toEqual([{ origin: 'https://tides.example', url: 'https://tides.example/today', title: 'Tides' }]);
    expect(focused).toEqual([true]);
    expect(films).toEqual([true]);
    expect(ends).toBe(1);
  });

  test('is told what to show, also when it has just gone', () => {
    const port = new Port('shared-page', inPage);
    marks[0]?.post({ type: 'away' });
    expect(port.posted).toEqual([{ type: 'away' }]);
    port.postMessage = () => {
      throw new Error('Attempting to use a disconnected port object');
    };
    expect(() => marks[0]?.post({ type: 'away' })).not.toThrow();
    marks[0]?.close();
    expect(port.isClosed).toBe(true);
  });

  test.each([
    ['another tab', { ...inPage, tab: { id: 8 } }],
    ['a frame', { ...inPage, frameId: 3 }],
    ['no tab', { ...inPage, tab: undefined }],
    ['another extension', { ...inPage, id: 'another' }],
  ])('from %s is sent away and not heard', (_, sender) => {
    const port = new Port('shared-page', sender);
    expect(port.isClosed).toBe(true);
    port.says(facts);
    port.says({ type: 'password', focused: true });
    expect([seen, focused]).toEqual([[], []]);
  });

  test.each([
    ['another site', 'https://bank.example/'],
    ['a script address', 'javascript:alert(1)'],
    ['an address with a name in it', 'https://me:secret@tides.example/'],
    ['a file', 'file:///home/alice/diary.html'],
  ])('can’t pass off %s as its address', (_, url) => {
    new Port('shared-page', inPage).says({ ...facts, url });
    expect(seen).toEqual([{ origin: 'https://tides.example', url: '', title: 'Tides' }]);
  });

  test.each([
    null,
    'page',
    { ...facts, title: 'x'.repeat(301) },
    { ...facts, url: `https://tides.example/${'x'.repeat(5_000)}` },
    { type: 'password', focused: 'yes' },
    { type: 'film', seen: 1 },
    { type: 'film' },
    { type: 'share-stop' },
  ])('that says %j is not heard', (message) => {
    const port = new Port('shared-page', inPage);
    port.says(message);
    expect([seen, focused, films, port.posted]).toEqual([[], [], [], []]);
  });
});
