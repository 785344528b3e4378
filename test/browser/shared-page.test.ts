import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ARROW_COLOUR, INSIDE_ARROW, pageMarks } from '../support/page-marks.ts';
import { ScriptStage } from '../support/script-stage.ts';
import { gives, type Site, startSite } from '../support/site.ts';

/*
 * The script of a shared page in pages of every kind: what is seen of it, what it notices, and that it leaves nothing behind. That it
 * comes and goes with a share is in test/e2e/live-page.test.ts.
 */
const LIMIT_MS = 60_000;
const html = (body: string, headers: Record<string, string> = {}) =>
  gives(body, { 'content-type': 'text/html', ...headers });

let stage: ScriptStage;
beforeAll(async () => {
  stage = await ScriptStage.open();
});
afterAll(() => stage.close());

/** A page with this content, in front, with the script in it. */
async function shown(
  body: string,
  headers: Record<string, string> = {},
  others: Record<string, string> = {},
): Promise<Site> {
  const rest = Object.entries(others).map(([path, text]) => [path, html(text)]);
  const site = await startSite({ '/': html(body, headers), ...Object.fromEntries(rest) });
  onTestFinished(() => site.close());
  await stage.page.goto(`${site.origin}/`);
  await stage.enters();
  return site;
}

async function points(x: number, y: number, type: 'point' | 'click' = 'point', name = 'Bob'): Promise<void> {
  await stage.tells({ type, x, y, name });
}

/** CSS pixels of a share of the page. */
const placeOf = (x: number, y: number) =>
  stage.page.evaluate(
    (across, down) => ({ x: Math.round(across * innerWidth), y: Math.round(down * innerHeight) }),
    x,
    y,
  );

async function isSeenAt(x: number, y: number): Promise<void> {
  const colour = async () => {
    const place = await placeOf(x, y);
    return stage.colourAt(place.x + INSIDE_ARROW.x, place.y + INSIDE_ARROW.y);
  };
  await expect.poll(colour, { timeout: LIMIT_MS }).toEqual(ARROW_COLOUR);
}

describe('the pointer', () => {
  test('is seen where it points, and gone without a trace when it is away or the share ends', async () => {
    await shown('<title>Tides</title><p>Low water 09:06');
    const before = await stage.page.evaluate(() => document.documentElement.outerHTML);
    await points(0.25, 0.5);
    await isSeenAt(0.25, 0.5);
    await points(0.75, 0.25);
    await isSeenAt(0.75, 0.25);
    await stage.tells({ type: 'away' });
    const page = () => stage.page.evaluate(() => document.documentElement.outerHTML);
    await expect.poll(page, { timeout: LIMIT_MS }).toBe(before);
    await points(0.5, 0.5, 'click');
    await isSeenAt(0.5, 0.5);
    await stage.endsShare();
    await expect.poll(page, { timeout: LIMIT_MS }).toBe(before);
  });

  test('takes no click away from the page, and gives it none', async () => {
    await shown(
      '<style>body{margin:0}button{width:100vw;height:100vh}</style><button onclick="this.textContent += 1">',
    );
    await points(0.5, 0.5, 'click');
    await isSeenAt(0.5, 0.5);
    const { x, y } = await placeOf(0.5, 0.5);
    expect(await stage.page.$eval('button', (button) => button.textContent)).toBe('');
    await stage.page.mouse.click(x, y);
    expect(await stage.page.$eval('button', (button) => button.textContent)).toBe('1');
  });

  test('stands above dialogs and full screen, whichever came first', async () => {
    await shown('<dialog style="width:90vw;height:90vh"></dialog><div style="background:#fff">film</div>');
    await points(0.5, 0.5);
    await isSeenAt(0.5, 0.5);
    await stage.page.evaluate(() => document.querySelector('dialog')?.showModal());
    await points(0.4, 0.4);
    await isSeenAt(0.4, 0.4);
    await stage.page.evaluate(() => {
      document.querySelector('dialog')?.close();
      return document.querySelector('div')?.requestFullscreen();
    });
    await isSeenAt(0.4, 0.4);
    await stage.page.evaluate(() => document.exitFullscreen());
  });

  test('keeps its looks in a page that styles everything, and comes back to one that throws everything out', async () => {
    await shown(
      `<style>* { all: unset !important; display: none !important; opacity: 0 !important; transform: scale(9) !important }
      ::backdrop { display: block !important; background: #f00 !important }
      html { display: block !important; background: #fff !important; opacity: 1 !important; transform: none !important }</style>`,
      {
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'",
      },
    );
    await points(0.3, 0.3);
    await isSeenAt(0.3, 0.3);
    // Nothing of the page's own backdrop lies under it.
    expect(await stage.colourAt(2, 2)).toEqual([255, 255, 255]);
    await stage.page.evaluate(() => {
      for (const element of document.querySelectorAll('pairwise-pointer')) element.remove();
    });
    await points(0.6, 0.3);
    await isSeenAt(0.6, 0.3);
  });

  test('can’t be read or styled by the page, whatever the peer is called', async () => {
    await shown('<p>Hello');
    await points(0.5, 0.5, 'point', '<img src=x onerror=alert(1)>');
    await isSeenAt(0.5, 0.5);
    expect((await pageMarks(stage.page)).name).toBe('<img src=x onerror=alert(1)>');
    const seen = await stage.page.evaluate(() => {
      const host = document.querySelector('pairwise-pointer');
      return { root: host?.shadowRoot ?? null, text: document.body.innerText, inside: host?.childNodes.length };
    });
    expect(seen).toEqual({ root: null, text: 'Hello', inside: 0 });
  });

  test('its ripples end', async () => {
    await shown('<p>Hello');
    for (let count = 0; count < 20; count += 1) await points(0.5, 0.5, 'click');
    const ripples = async () => (await pageMarks(stage.page)).ripples;
    expect(await ripples()).toBeLessThanOrEqual(6);
    await expect.poll(ripples, { timeout: LIMIT_MS }).toBe(0);
    expect(await pageMarks(stage.page)).toEqual({ name: 'Bob', ripples: 0 });
    await stage.tells({ type: 'away' });
    const hosts = () => stage.page.$$eval('pairwise-pointer', ({ length }) => length);
    await expect.poll(hosts, { timeout: LIMIT_MS }).toBe(0);
  });
});

describe('the password guard', () => {
  const said = () => expect.poll(() => stage.passwords(), { timeout: LIMIT_MS });
  const focus = (selector: string) => stage.page.focus(selector);

  test('notices a password field, and nothing else', async () => {
    await shown(
      '<input id="name"><input id="password" type="password"><input id="again" type="password"><textarea></textarea>',
    );
    await focus('#name');
    await focus('#password');
    await said().toEqual([false, true]);
    // From one to the next is no change.
    await focus('#again');
    await focus('textarea');
    await said().toEqual([false, true, false]);
  });

  test('a field that had the focus before the share, and one that shows what is typed', async () => {
    // Not `autofocus`: that comes with the first frame, which may be drawn after the script has come.
    await shown('<input type="password"><script>document.querySelector("input").focus()</script>');
    await said().toEqual([true]);
    await stage.page.$eval('input', (input) => {
      input.type = 'text';
    });
    await stage.page.$eval('input', (input) => input.blur());
    await said().toEqual([true, false]);
    await focus('input');
    await said().toEqual([true, false, true]);
  });

  test('a field that becomes one under the caret, is masked by the page, or is named as one', async () => {
    await shown(`<input id="turns"><input id="plain"><input id="masked" style="-webkit-text-security: disc">
      <input id="code" autocomplete="section-a one-time-code">`);
    await focus('#turns');
    await stage.page.$eval('#turns', (input) => input.setAttribute('type', 'password'));
    await said().toEqual([false, true]);
    await focus('#plain');
    await said().toEqual([false, true, false]);
    await focus('#masked');
    await said().toEqual([false, true, false, true]);
    await focus('#plain');
    await focus('#code');
    await said().toEqual([false, true, false, true, false, true]);
  });

  test('in shadow trees, open and closed, one in the other', async () => {
    await shown(`<input id="name"><script>
      const open = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
      open.innerHTML = '<input id="first"><div></div>';
      globalThis.inner = open.querySelector('div').attachShadow({ mode: 'closed' });
      inner.innerHTML = '<input id="second"><input id="secret" type="password">';
      globalThis.opened = open;
    </script>`);
    await stage.page.evaluate('opened.querySelector("#first").focus()');
    // Within one tree the focus moves without a word outside of it.
    await stage.page.evaluate('inner.querySelector("#second").focus()');
    await stage.page.evaluate('inner.querySelector("#secret").focus()');
    await said().toEqual([false, true]);
    await stage.page.evaluate('inner.querySelector("#second").focus()');
    await said().toEqual([false, true, false]);
  });

  test('in a frame of the same origin, also one that comes later or loads another page', async () => {
    const field = '<input id="name"><input id="secret" type="password">';
    await shown('<input id="name"><iframe src="/field"></iframe>', {}, { '/field': field, '/empty': '<p>Nothing yet' });
    const inFrame = async (selector: string) => {
      const frame = await stage.page.waitForFrame((found) => found.url().endsWith('/field'), { timeout: LIMIT_MS });
      await (await frame.waitForSelector(selector))?.focus();
    };
    await inFrame('#secret');
    await said().toEqual([false, true]);
    await focus('#name');
    await said().toEqual([false, true, false]);
    await stage.page.evaluate(async () => {
      document.querySelector('iframe')?.remove();
      const frame = document.createElement('iframe');
      frame.src = '/empty';
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
      document.body.append(frame);
      await loaded;
      frame.focus();
      frame.src = '/field';
      await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    });
    await inFrame('#name');
    await inFrame('#secret');
    await said().toEqual([false, true, false, true]);
  });

  test('a frame of another origin is out of reach, and harms nothing', async () => {
    const other = await startSite({ '/': html('<input type="password">') });
    onTestFinished(() => other.close());
    await shown(`<iframe src="${other.origin}/"></iframe><input id="own" type="password">`);
    const frame = await stage.page.waitForFrame((found) => found.url().startsWith(other.origin), { timeout: LIMIT_MS });
    await (await frame.waitForSelector('input'))?.focus();
    await focus('#own');
    await said().toEqual([false, true]);
  });
});

describe('the facts of the page', () => {
  test('address and title, and every change of them', async () => {
    const site = await shown('<title>Tides</title><p>Low water');
    const facts = async () => (await stage.heard()).filter((said) => said.type === 'page').at(-1);
    expect(await facts()).toEqual({ type: 'page', url: `${site.origin}/`, title: 'Tides' });
    await stage.page.evaluate(() => {
      document.title = 'Tides of June';
      history.pushState(null, '', '/june');
    });
    const june = { type: 'page', url: `${site.origin}/june`, title: 'Tides of June' };
    await expect.poll(facts, { timeout: LIMIT_MS }).toEqual(june);
    await stage.page.evaluate(() => document.querySelector('title')?.remove());
    await expect.poll(facts, { timeout: LIMIT_MS }).toEqual({ ...june, title: '' });
  });

  test('put in twice, there is one: the newer', async () => {
    await shown('<input type="password">');
    await points(0.5, 0.5);
    await isSeenAt(0.5, 0.5);
    await stage.enters();
    const last = async () => (await stage.heard(-2)).at(-1);
    await expect.poll(last, { timeout: LIMIT_MS }).toEqual({ type: 'end' });
    await points(0.25, 0.25);
    await isSeenAt(0.25, 0.25);
    expect(await stage.page.$$eval('pairwise-pointer', ({ length }) => length)).toBe(1);
    const before = (await stage.heard(-2)).length;
    await stage.page.focus('input');
    await expect.poll(() => stage.passwords(), { timeout: LIMIT_MS }).toEqual([false, true]);
    expect(await stage.heard(-2)).toHaveLength(before);
  });

  test('a page that comes back from the cache has nothing of the script, until it is put in again', async () => {
    const site = await shown('<title>First</title><p>Hello', {}, { '/second': '<title>Second</title>' });
    await points(0.5, 0.5);
    await isSeenAt(0.5, 0.5);
    await stage.page.goto(`${site.origin}/second`);
    await expect.poll(() => stage.heard(), { timeout: LIMIT_MS }).toContainEqual({ type: 'end' });
    await stage.page.goBack();
    expect(await stage.page.$$eval('pairwise-pointer', ({ length }) => length)).toBe(0);
    await stage.enters();
    await points(0.5, 0.5);
    await isSeenAt(0.5, 0.5);
  });
});
