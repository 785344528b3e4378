import type { Page } from 'puppeteer-core';
import { meetPeople, type People } from '../support/people.ts';
import { resizeInside, type Size } from './share-window.ts';

/** For everything that is waited for: many times what it takes on two busy cores. */
export const WAIT_LIMIT_MS = 60_000;
const POLL_MS = 50;

/** What `test/support/pages/live.html` can show. */
export type Content = 'still' | 'scroll' | 'film' | 'sound';

/** The way from the click to the first picture: moments in milliseconds since 1970, null where nobody saw it. */
export interface Way {
  readonly clickedAt: number;
  /** The browser gave an id to capture with. */
  readonly captureIdAt: number | null;
  readonly capturedAt: number | null;
  /** The other side knows of it, and clicks at once. */
  readonly offeredAt: number | null;
  /** The viewer page has run its script. */
  readonly openedAt: number | null;
  /** The sharer has made its RTCPeerConnection: before anybody has asked. */
  readonly preparedAt: number | null;
  /** ICE and DTLS are through, at the sharer. */
  readonly connectedAt: number | null;
  readonly pictureAt: number;
}

/** A share that is being watched. */
export interface Watched {
  readonly viewer: Page;
  readonly way: Way;
  /** What it takes to open a plain page where Pairwise opens its viewer, in ms; only where one was opened beforehand. */
  readonly openMs: number | null;
  /** Ends it, and closes the viewer. */
  end(): Promise<void>;
}

/** Alice and Bob, paired, with windows whose inside is exactly as large as the picture. */
export class LiveStage {
  readonly people: People;
  readonly size: Size;
  /** A page of Alice's Pairwise, behind the one that is shown. */
  readonly panel: Page;

  private constructor(people: People, size: Size, panel: Page) {
    this.people = people;
    this.size = size;
    this.panel = panel;
  }

  static async open(size: Size): Promise<LiveStage> {
    const people = await meetPeople();
    try {
      const { alice, bob } = people;
      await alice.pairsWith(bob);
      await Promise.all([alice.closesPopup(), bob.closesPopup()]);
      const panel = await alice.browser.panel('/options.html');
      await Promise.all([alice.page.bringToFront(), bob.page.bringToFront()]);
      await Promise.all([resizeInside(alice.page, size), resizeInside(bob.page, size)]);
      return new LiveStage(people, size, panel);
    } catch (error) {
      await people.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.people.close();
  }

  chromium(): Promise<string> {
    return this.people.alice.browser.browser.version();
  }

  /** Alice goes to the page that is to be shown. */
  async shows(content: Content): Promise<Page> {
    const { alice, pages } = this.people;
    await alice.goesTo(pages.url('live', { content }));
    await alice.page.bringToFront();
    return alice.page;
  }

  /** The viewer is as large as the picture, and alone in front. */
  async faces(viewer: Page): Promise<void> {
    await this.people.bob.closesPopup();
    await viewer.bringToFront();
    await resizeInside(viewer, this.size);
  }

  /** Resolves when nothing is captured any more in Alice's browser: a tab is captured once at a time. */
  async isReleased(): Promise<void> {
    const worker = await this.people.alice.browser.worker();
    await worker.evaluate(
      async (pollMs, limitMs) => {
        const deadlineMs = performance.now() + limitMs;
        for (;;) {
          const captured = await chrome.tabCapture.getCapturedTabs();
          if (captured.every(({ status }) => status === 'stopped' || status === 'error')) return;
          if (performance.now() > deadlineMs) throw new Error(`still captured: ${JSON.stringify(captured)}`);
          await new Promise((resolve) => setTimeout(resolve, pollMs));
        }
      },
      POLL_MS,
      WAIT_LIMIT_MS,
    );
  }
}
