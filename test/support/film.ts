import type { Page } from 'puppeteer-core';
import { gives, type Site, startSite } from './site.ts';

/** A site of one page with a place for a film, and room to scroll it away. */
export function startFilmSite(): Promise<Site> {
  const body =
    '<title>Film</title><link rel="icon" href="data:,"><video width="320" height="180" muted loop></video><p style="height: 300vh">';
  return startSite({ '/': gives(body, { 'content-type': 'text/html' }) });
}

/** Plays a film in a page of that site, which is in front: a page that nobody sees is not painted, and nothing would be recorded. */
export function playsFilm(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const paint = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm; codecs=vp8' });
    const recorded = new Promise<Blob>((resolve) =>
      recorder.addEventListener('dataavailable', ({ data }) => data.size > 0 && resolve(data)),
    );
    recorder.start(100);
    let step = 0;
    const timer = setInterval(() => {
      step += 4;
      paint?.fillRect(step % 320, 0, 8, 180);
    }, 20);
    const film = await recorded;
    clearInterval(timer);
    recorder.stop();
    const video = document.querySelector('video');
    if (video) video.src = URL.createObjectURL(film);
    await video?.play();
  });
}

/** What a player of protected films does, and begins anew. Keys in the clear take the place of those that nobody here has. */
export function getsKeys(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const types = [{ initDataTypes: ['webm'], videoCapabilities: [{ contentType: 'video/webm; codecs="vp8"' }] }];
    const access = await navigator.requestMediaKeySystemAccess('org.w3.clearkey', types);
    const video = document.querySelector('video');
    await video?.setMediaKeys(await access.createMediaKeys());
    if (video) video.currentTime = 0;
  });
}
