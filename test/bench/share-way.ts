import { command } from '../support/command.ts';
import { firstPictureAt, openEyeAhead } from './share-eye.ts';
import { type LiveStage, WAIT_LIMIT_MS, type Watched } from './share-stage.ts';

/** What is noted on the way, by whichever context is there. */
interface Marks {
  captureIdAt: number | null;
  capturedAt: number | null;
  preparedAt: number | null;
  connectedAt: number | null;
}

declare global {
  var marks: Marks | undefined;
}

/** A click on "Share this tab", an immediate one on "Watch", and the viewer that opens. Nothing but Pairwise itself is at work. */
export async function watchPairwise(stage: LiveStage): Promise<Watched> {
  const { alice, bob } = stage.people;
  await markWay(stage);
  const bobsPopup = await bob.popup();
  const eye = await openEyeAhead(bob.browser.browser, '/viewer.html', stage.size);
  const offered = bobsPopup.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const watching = new MutationObserver(() => {
          const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Watch');
          if (!button) return;
          watching.disconnect();
          resolve(Date.now());
          button.click();
        });
        watching.observe(document.body, { childList: true, subtree: true });
      }),
  );
  // The popup closes while it is asked, and with it the answer may be lost.
  const offeredAt = offered.catch(() => null);

  const popup = await alice.popup();
  const button = await popup.waitForSelector('::-p-aria([name="Share this tab"][role="button"])');
  const clickedAt = await button?.evaluate((element) => {
    if (element instanceof HTMLElement) setTimeout(() => element.click());
    return Date.now();
  });
  if (clickedAt === undefined) throw new Error('There is nothing to click.');
  const viewer = await bob.browser.waitForPanel('/viewer.html');
  const pictureAt = await firstPictureAt(viewer, WAIT_LIMIT_MS);
  eye.stop();
  await alice.losesPopup();
  await stage.faces(viewer);

  const openedAt = await viewer.evaluate(() => {
    const [opening] = performance.getEntriesByType('navigation');
    const readyMs = opening instanceof PerformanceNavigationTiming ? opening.domContentLoadedEventEnd : 0;
    return performance.timeOrigin + readyMs;
  });
  const [worker, offscreen] = await Promise.all([alice.browser.worker(), alice.browser.offscreen()]);
  const captureIdAt = (await worker.evaluate(() => globalThis.marks?.captureIdAt)) ?? null;
  const marks = (await offscreen.evaluate(() => globalThis.marks)) ?? null;
  return {
    viewer,
    way: {
      clickedAt,
      captureIdAt,
      capturedAt: marks?.capturedAt ?? null,
      offeredAt: await offeredAt,
      openedAt,
      preparedAt: marks?.preparedAt ?? null,
      connectedAt: marks?.connectedAt ?? null,
      pictureAt,
    },
    openMs: null,
    end: async () => {
      await command(stage.panel, 'share-stop', {});
      await viewer.close();
      await bob.page.bringToFront();
      await stage.isReleased();
    },
  };
}

/**
 * Lets the browser's own functions note when they were done, in Alice's worker and offscreen document; from the next share on. Methods, since tsx wraps
 * other inner functions in a helper that these contexts don't have.
 */
async function markWay({ people: { alice } }: LiveStage): Promise<void> {
  const worker = await alice.browser.worker();
  await worker.evaluate(() => {
    const isNew = !globalThis.marks;
    const marks = { captureIdAt: null, capturedAt: null, preparedAt: null, connectedAt: null };
    globalThis.marks = marks;
    if (!isNew) return;
    const mint = chrome.tabCapture.getMediaStreamId.bind(chrome.tabCapture);
    Object.assign(chrome.tabCapture, {
      getMediaStreamId(options: chrome.tabCapture.GetMediaStreamOptions, then: (id: string) => void) {
        mint(options, (id) => {
          if (globalThis.marks) globalThis.marks.captureIdAt = Date.now();
          then(id);
        });
      },
    });
  });
  const offscreen = await alice.browser.offscreen();
  await offscreen.evaluate(() => {
    const isNew = !globalThis.marks;
    globalThis.marks = { captureIdAt: null, capturedAt: null, preparedAt: null, connectedAt: null };
    if (!isNew) return;
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await capture(constraints);
      if (globalThis.marks) globalThis.marks.capturedAt ??= Date.now();
      return stream;
    };
    globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
      construct(plain, args: [RTCConfiguration?]) {
        const connection = new plain(...args);
        if (globalThis.marks) globalThis.marks.preparedAt ??= Date.now();
        connection.addEventListener('connectionstatechange', () => {
          if (connection.connectionState === 'connected' && globalThis.marks)
            globalThis.marks.connectedAt ??= Date.now();
        });
        return connection;
      },
    });
  });
}
