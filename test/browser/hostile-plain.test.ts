import { expect, test } from 'vitest';
import { HostileServer } from '../support/hostile-server.ts';
import { addMiddleScript, Middle } from '../support/middle.ts';
import { launchPlainBrowser, openPlainPage } from './media/stage.ts';

// The test of the hostile server: against PeerJS as it comes, the attack that Pairwise is tested with succeeds.

test('plain PeerJS: the server reads and alters what two peers say', async ({ onTestFinished }) => {
  const server = await HostileServer.start();
  const browser = await launchPlainBrowser();
  onTestFinished(async () => {
    await browser.close();
    await server.stop();
  });
  const open = () => openPlainPage(browser);
  const [carol, dave, attacker] = await Promise.all([open(), open(), open()]);
  for (const page of [carol, dave, attacker]) await addMiddleScript(page);
  const middle = new Middle(server, attacker);
  await carol.evaluate((url) => plainPeer.open(url, 'carol'), server.url);
  await dave.evaluate((url) => plainPeer.open(url, 'dave'), server.url);
  await carol.evaluate(() => plainPeer.say('dave', 'pay 10'));
  await expect.poll(() => dave.evaluate(() => plainPeer.heard), { timeout: 60_000 }).toEqual(['pay 10 (altered)']);
  expect(await middle.read()).toEqual(['pay 10']);
  expect(middle.taken).toBe(1);
});
