import { beforeEach, expect, test, vi } from 'vitest';

type Listener = (message?: unknown) => void;

/** One end of a port, and what the browser knows of the page that opened it. */
class End {
  readonly name = 'viewer';
  readonly sender = { id: 'our-extension', url: 'chrome-extension://our-extension/viewer.html' };
  readonly messages: Listener[] = [];
  readonly ends: Listener[] = [];
  readonly onMessage = { addListener: (listener: Listener) => this.messages.push(listener) };
  readonly onDisconnect = { addListener: (listener: Listener) => this.ends.push(listener) };
  other: End | null = null;

  postMessage(message: unknown): void {
    for (const listener of this.other?.messages ?? []) listener(structuredClone(message));
  }

  /** As in the browser, only the other end hears of it. */
  disconnect(): void {
    for (const listener of this.other?.ends ?? []) listener();
  }
}

const { browser, served, opened } = vi.hoisted(() => {
  const served: { document: ((port: unknown) => void)[] } = { document: [] };
  const opened: { connect(): unknown } = { connect: () => undefined };
  const runtime = {
    id: 'our-extension',
    getURL: (path: string) => `chrome-extension://our-extension${path}`,
    sendMessage: async () => ({ ok: true }),
    connect: () => opened.connect(),
    onConnect: { addListener: (listener: (port: unknown) => void) => served.document.push(listener) },
  };
  return { browser: { runtime }, served, opened };
});
vi.mock('wxt/browser', () => ({ browser }));

const { openViewerPort, serveViewers } = await import('../../extension/messaging/viewer-port.ts');

const LIMIT = { timeout: 20_000 };
/** The ends of the offscreen document, in order. */
let ends: End[];
beforeEach(() => {
  ends = [];
  opened.connect = () => {
    const [page, document] = [new End(), new End()];
    page.other = document;
    document.other = page;
    ends.push(document);
    for (const listener of served.document) listener(document);
    return page;
  };
});

/** The offscreen document is started, as the only one. It knows no share. */
function startDocument() {
  served.document.length = 0;
  const watch = () => ({ signal: () => {}, leave: () => {} });
  return serveViewers({ watch } as unknown as Parameters<typeof serveViewers>[0]);
}

async function opensViewer() {
  const before = ends.length;
  const port = openViewerPort('B'.repeat(22), 's'.repeat(22));
  await vi.waitFor(() => expect(ends.length).toBe(before + 1), LIMIT);
  return port;
}

test('a viewer page that listens to its person is known to, until it is silent or gone', async () => {
  const { isMicrophoneOn } = startDocument();
  const [first, second] = [await opensViewer(), await opensViewer()];
  expect(isMicrophoneOn.value).toBe(false);
  first.setMicrophone(true);
  expect(isMicrophoneOn.value).toBe(true);
  second.setMicrophone(true);
  first.setMicrophone(false);
  expect(isMicrophoneOn.value).toBe(true);
  second.close();
  expect(isMicrophoneOn.value).toBe(false);
});

test('a document that is started anew knows it too, before it knows any share', async () => {
  startDocument();
  const port = await opensViewer();
  port.setMicrophone(true);
  const { isMicrophoneOn } = startDocument();
  expect(isMicrophoneOn.value).toBe(false);
  ends[0]?.disconnect();
  await vi.waitFor(() => expect(isMicrophoneOn.value).toBe(true), LIMIT);
  port.close();
  expect(isMicrophoneOn.value).toBe(false);
});

test('what was said while there was no document is said to the next', async () => {
  startDocument();
  const port = await opensViewer();
  ends[0]?.disconnect();
  port.setMicrophone(true);
  const { isMicrophoneOn } = startDocument();
  await vi.waitFor(() => expect(isMicrophoneOn.value).toBe(true), LIMIT);
  port.close();
});

test.each([{ type: 'microphone', on: 'yes' }, { type: 'microphone' }])(
  '%j is no word of a viewer page',
  async (message) => {
    const { isMicrophoneOn } = startDocument();
    const port = await opensViewer();
    ends[0]?.other?.postMessage(message);
    expect(isMicrophoneOn.value).toBe(false);
    port.close();
  },
);
