import type { Page } from 'puppeteer-core';
import { firstPictureAt, openEye } from './share-eye.ts';
import { type LiveStage, WAIT_LIMIT_MS, type Watched } from './share-stage.ts';

const MAX_FRAME_RATE = 30;

/**
 * What Pairwise is measured against: the same capture (of the tab's own size, 30 pictures a second, with sound), one RTCPeerConnection at
 * its defaults with no word more than offer and answer, and a plain page that waits with a video element in it. Hints, codecs, bitrates
 * are the browser's own.
 */
export async function watchBare(stage: LiveStage): Promise<Watched> {
  const { alice, bob } = stage.people;
  // Leave to capture comes from a click on the icon.
  await alice.popup();
  await alice.closesPopup();
  await alice.page.bringToFront();
  const { viewer, openMs } = await openPlainPage(stage);
  await stage.faces(viewer);
  await openEye(viewer, stage.size);
  const [worker, sharerPage] = await Promise.all([alice.browser.worker(), alice.browser.offscreen()]);
  const receiver = await viewer.evaluateHandle(() => {
    const connection = new RTCPeerConnection();
    const stream = new MediaStream();
    connection.addEventListener('track', ({ track }) => {
      stream.addTrack(track);
      const video = document.querySelector('video');
      if (video) video.srcObject = stream;
    });
    return connection;
  });

  const { clickedAt, streamId, captureIdAt } = await worker.evaluate(async () => {
    const clickedAt = Date.now();
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const streamId = await new Promise<string>((resolve) => {
      chrome.tabCapture.getMediaStreamId({ targetTabId: tab?.id ?? -1 }, (id) => resolve(id));
    });
    return { clickedAt, streamId, captureIdAt: Date.now() };
  });
  const sharer = await sharerPage.evaluateHandle(
    async (id, { width, height }, maxFrameRate) => {
      const source = { chromeMediaSource: 'tab', chromeMediaSourceId: id };
      const video = { mandatory: { ...source, maxWidth: width, maxHeight: height, maxFrameRate } };
      const constraints: object = { video, audio: { mandatory: source } };
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      const capturedAt = Date.now();
      const connection = new RTCPeerConnection();
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
      await connection.setLocalDescription();
      while (connection.iceGatheringState !== 'complete') {
        await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
      }
      return { stream, connection, capturedAt, offeredAt: Date.now(), connectedAt: 0 };
    },
    streamId,
    stage.size,
    MAX_FRAME_RATE,
  );
  const offer = await sharer.evaluate(({ connection }) => connection.localDescription?.sdp ?? '');
  const answer = await receiver.evaluate(async (connection, sdp) => {
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
    }
    return connection.localDescription?.sdp ?? '';
  }, offer);
  await sharer.evaluate(async (side, sdp) => {
    side.connection.addEventListener('connectionstatechange', () => {
      if (side.connection.connectionState === 'connected') side.connectedAt = Date.now();
    });
    await side.connection.setRemoteDescription({ type: 'answer', sdp });
  }, answer);
  const pictureAt = await firstPictureAt(viewer, WAIT_LIMIT_MS);
  const marks = await sharer.evaluate(({ capturedAt, offeredAt, connectedAt }) => ({
    capturedAt,
    offeredAt,
    connectedAt,
  }));
  return {
    viewer,
    way: { clickedAt, captureIdAt, ...marks, openedAt: null, preparedAt: null, pictureAt },
    openMs,
    end: async () => {
      await sharer.evaluate(({ stream, connection }) => {
        connection.close();
        for (const track of stream.getTracks()) track.stop();
      });
      await sharer.dispose();
      await viewer.close();
      await bob.page.bringToFront();
      await stage.isReleased();
    },
  };
}

/** A page of the extension, since those show each other their addresses, but one that has no script. Opened as Pairwise opens its viewer. */
async function openPlainPage({ people: { bob } }: LiveStage): Promise<{ viewer: Page; openMs: number }> {
  await bob.page.bringToFront();
  const worker = await bob.browser.worker();
  const startedAt = await worker.evaluate(async () => {
    const atMs = Date.now();
    await chrome.tabs.create({ url: '/manifest.json' });
    return atMs;
  });
  const viewer = await bob.browser.waitForPanel('/manifest.json');
  const openedAt = await viewer.evaluate(async () => {
    if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve));
    const video = Object.assign(document.createElement('video'), { autoplay: true });
    video.style.cssText = 'position: fixed; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain';
    document.body.replaceChildren(video);
    const [opening] = performance.getEntriesByType('navigation');
    const readyMs = opening instanceof PerformanceNavigationTiming ? opening.domContentLoadedEventEnd : 0;
    return performance.timeOrigin + readyMs;
  });
  return { viewer, openMs: openedAt - startedAt };
}
