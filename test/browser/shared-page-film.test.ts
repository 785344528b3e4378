import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { getsKeys, playsFilm, startFilmSite } from '../support/film.ts';
import { ScriptStage } from '../support/script-stage.ts';

/* What the script of a shared page notices of protected films. */

const LIMIT = { timeout: 60_000 };

let stage: ScriptStage;
beforeAll(async () => {
  stage = await ScriptStage.open();
});
afterAll(() => stage.close());

/** A page in front with a film that plays, protected or not. */
async function plays({ hasKeys }: { hasKeys: boolean }): Promise<void> {
  const site = await startFilmSite();
  onTestFinished(() => site.close());
  await stage.page.goto(`${site.origin}/`);
  await stage.page.bringToFront();
  await playsFilm(stage.page);
  if (hasKeys) await getsKeys(stage.page);
}

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
  await getsKeys(stage.page);
  await said().toEqual([true]);
});
