import { describe, expect, test } from 'vitest';
import { asked, button, isAsked, menuItem, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { findings } from './ui/findings.ts';
import { BOB_ID, states } from './ui/states.ts';

useStage();

describe('the path', () => {
  test.each([
    ['e', 'Direct · 12 ms', 'Straight from browser to browser.'],
    ['e-turn', 'TURN · 38 ms', 'Through your server’s TURN, which can’t read it'],
    ['e-relay', 'Relay · 74 ms', 'a live picture needs another network'],
    ['e-suspect', 'Reconnecting', 'Pairwise looks for another path, and nothing is lost.'],
    ['e-connecting', 'Connecting', 'Pairwise looks for the best path'],
    ['i-path', 'Not connected', 'What you send waits.'],
  ])('screen %s: %s, and one key says what it means', async (name, badge, meaning) => {
    const page = await show(states[name]);
    await sees(page, badge);
    expect(await screen(page)).not.toContain(meaning);
    await page.focus('button.path');
    await page.keyboard.press('Enter');
    await sees(page, meaning);
    await page.keyboard.press('Escape');
    await expect.poll(() => screen(page)).not.toContain(meaning);
    expect(await page.evaluate(() => document.activeElement?.matches('button.path'))).toBe(true);
  });

  test('a change is told to those who listen, the round trip is not', async () => {
    const page = await show(states.e);
    const told = () => page.$eval('.path ~ [role="status"]', (status) => status.textContent);
    expect(await told()).toBe('Direct');
    await tell(page, states['e-relay']);
    await expect.poll(told).toBe('Relay');
  });
});

describe('not connected', () => {
  test.each([
    ['i-udp', 'This network blocks UDP', 'Nothing that your server has gets around it.'],
    ['i-udp-all', 'This network blocks UDP', 'Nothing that your server has gets around it.'],
    ['i-webrtc', 'This browser blocks WebRTC', 'no relay gets around it'],
    ['i-local', 'No way out of this network', 'it has no STUN, TURN or relay'],
    ['i-path', 'No path to Bob', 'A VPN or firewall at either end may be in the way.'],
    ['i-relay-full', 'The relay is full', 'Try again in a minute'],
    ['i-version', 'Two versions that don’t match', 'Update it here.'],
    ['i-version-there', 'Two versions that don’t match', 'must be updated there.'],
    ['i-server', 'The server is not reached', 'Check your connection, or the address in Options.'],
    ['i-clock', 'This computer’s clock is wrong', 'clock is 1 hr, 13 min'],
  ])('screen %s: %s', async (name, title, next) => {
    const page = await show(states[name]);
    await sees(page, title);
    await sees(page, next);
    await button(page, 'Connection doctor').click();
    await isAsked(page, 'open-place', { place: 'doctor' });
    await button(page, 'Try again').click();
    await isAsked(page, 'peer-retry', { peerId: BOB_ID });
  });

  test.each([
    ['i-path', 'both fail'],
    ['i-udp', 'not set up'],
    ['i-udp-all', 'both fail'],
    ['i-webrtc', 'TURN fails'],
    // Without a server neither is tried.
    ['i-server', 'not known'],
  ])('screen %s: TURN and relay %s', async (name, found) => {
    const page = await show(states[name]);
    await page.waitForSelector('.checks');
    const rows = await page.$$eval('.checks li', (all) => all.map(({ textContent }) => textContent));
    expect(rows.filter((row) => row.startsWith('TURN and relay'))).toEqual([`TURN and relay${found}`]);
  });

  test('somebody is offline: what is sent now waits', async () => {
    const page = await show(states['h-nothing']);
    await sees(page, 'Bob is offline. What you send now goes out when Bob is back.');
  });

  test('without a server pairing says why it can’t', async () => {
    const page = await show(states['no-server']);
    await sees(page, 'Pairing needs the server');
    await sees(page, 'Pairwise can’t reach its server.');
  });

  test('the doctor is in the menu, too', async () => {
    const page = await show(states.e);
    await page.locator('[aria-label="More"]').click();
    await menuItem(page, 'Connection doctor').click();
    await isAsked(page, 'open-place', { place: 'doctor' });
  });
});

test('a past share says what was shown; one of before that was kept is a tab', async () => {
  const { files } = states;
  const [bob] = files?.peers ?? [];
  if (!files || !bob) throw new Error('Nobody is there.');
  const page = await show(files);
  await sees(page, 'Bob showed you a window');
  const timeline = bob.timeline.map((item) => {
    if (item.kind !== 'share') return item;
    const { source: _, ...kept } = item;
    return kept;
  });
  await tell(page, { ...files, peers: [{ ...bob, timeline }] });
  await sees(page, 'Bob showed you a tab');
});

describe('options', () => {
  test('a server without STUN, TURN and relay is for local networks only', async () => {
    const page = await show(states['i-local'], { view: 'options' });
    await sees(page, 'Local networks only');
    await button(page, 'Connection doctor').click();
    await isAsked(page, 'open-place', { place: 'doctor' });
  });

  test('what a server has is named', async () => {
    const page = await show(states['i-path'], { view: 'options' });
    await sees(page, 'Ways around difficult networks: STUN, TURN, relay.');
    expect(await screen(page)).not.toContain('Local networks only');
  });
});

describe('the doctor’s page', () => {
  test('shows each check as it goes', async () => {
    const page = await show(null, { view: 'options' });
    await page.evaluate((found) => ui.findings(found, 'stun'), findings.half);
    const current = () => page.$eval('[aria-current="step"]', (row) => (row as HTMLElement).innerText);
    expect(await current()).toMatch(/^STUN\n.*Checking$/s);
    expect(
      await page.$$eval('.doctor-rows [data-state]', (rows) => rows.map((row) => row.getAttribute('data-state'))),
    ).toEqual([
      ...['ok', 'ok', 'ok', 'ok', 'running'],
      ...['waiting', 'waiting', 'waiting', 'waiting', 'waiting', 'waiting'],
    ]);
    expect(await page.$$eval('button', (all) => all.every((each) => each.matches(':disabled')))).toBe(true);
    await page.evaluate((found) => ui.findings(found, null), findings.well);
    await expect.poll(() => page.$eval('[role="status"] h2', (title) => title.textContent)).toBe('Everything works');
    await button(page, 'Run again').click();
    expect(await asked(page)).toEqual([{ name: 'doctor-again', request: {} }]);
  });

  test.each(Object.keys(findings) as (keyof typeof findings)[])('%s fits 320 px', async (name) => {
    const page = await show(null, { view: 'options', width: 320 });
    await page.evaluate((found) => ui.findings(found, null), findings[name]);
    await page.waitForSelector('.doctor-page');
    const wide = await page.$$eval('html, main, main *', (all) =>
      all
        .filter(
          (element) =>
            element.scrollWidth > Math.max(element.clientWidth, 1) &&
            element.clientWidth > 1 &&
            getComputedStyle(element).display !== 'inline',
        )
        .map(({ outerHTML }) => outerHTML),
    );
    expect(wide).toEqual([]);
  });

  test('keys reach everything, in the order in which it stands', async () => {
    const page = await show(null, { view: 'options' });
    await page.evaluate((found) => ui.findings(found, null), findings.udp);
    const focused: string[] = [];
    for (let presses = 0; presses < 3; presses++) {
      await page.keyboard.press('Tab');
      focused.push(await page.evaluate(() => (document.activeElement as HTMLElement).innerText.trim()));
    }
    expect(focused).toEqual(['Run again', 'Copy report', 'Report']);
    await page.keyboard.press('Enter');
    await sees(page, 'STUN: no answer');
  });

  test('moves nothing where a person wants no movement', async () => {
    const page = await show(null, { view: 'options' });
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
    await page.evaluate((found) => ui.findings(found, 'stun'), findings.half);
    await page.waitForSelector('[data-state="running"]');
    const lasting = () =>
      page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    await expect.poll(lasting).toBe(0);
  });
});
