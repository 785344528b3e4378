import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ScriptStage } from '../support/script-stage.ts';
import { gives, startSite } from '../support/site.ts';

/* What the script of a shared page notices of protected films. Keys in the clear take the place of those that nobody here has. */

const LIMIT = { timeout: 60_000 };

let stage: ScriptStage;
beforeAll(async () => {
  stage = await ScriptStage.open();
});
afterAll(() => stage.close());

/** A page in front with a film that plays, protected or not. */
async function plays({ hasKeys }: { hasKeys: boolean }): Promise<void> {
  const body = '<title>Film</title><video width="320" height="180" muted loop></video><p style="height: 300vh">';
  const site = await startSite({ '/': gives(body, { 'content-type': 'text/html' }) });
  onTestFinished(() => site.close());
  await stage.page.goto(`${site.origin}/`);
  // One that nobody sees is not painted, and nothing would be recorded.
  await stage.page.bringToFront();
  await stage.page.evaluate(async () => {
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
  if (hasKeys) await getsKeys();
}

/** What a player of protected films does, and begins anew. */
const getsKeys = () =>
  stage.page.evaluate(async () => {
    const types = [{ initDataTypes: ['webm'], videoCapabilities: [{ contentType: 'video/webm; codecs="vp8"' }] }];
    const access = await navigator.requestMediaKeySystemAccess('org.w3.clearkey', types);
    const video = document.querySelector('video');
    await video?.setMediaKeys(await access.createMediaKeys());
    if (video) video.currentTime = 0;
  });

const films = async () => (await stage.heard()).flatMap((said) => (said.type === 'film' ? [said.seen] : []));
const said = () => expect.poll(films, LIMIT);

test('a protected film that plays already is told, and that it was scrolled away and back', async () => {
  await plays({ hasKeys: true });
  await stage.enters();
  await said().toEqual([true]);
  await stage.page.evaluate(() => scrollTo(0, 1_000));
  await said().toEqual([true, false]);
  await stage.page.evaluate(() => scrollTo(0, 0));
  await said().toEqual([true, false, true]);
  await stage.page.$eval('video', (video) => video.remove());
  await said().toEqual([true, false, true, false]);
});

test('a film that is protected later is told then, one that plays for everybody never', async () => {
  await plays({ hasKeys: false });
  await stage.enters();
  // It plays on, and its turns have been seen by the script.
  await stage.page.$eval(
    'video',
    (video) => new Promise((resolve) => video.addEventListener('timeupdate', resolve, { once: true })),
  );
  expect(await films()).toEqual([]);
  await getsKeys();
  await said().toEqual([true]);
});
