import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { patient } from '../support/browser.ts';
import { makeFile } from '../support/files.ts';
import { HostileServer } from '../support/hostile-server.ts';
import { movingColours } from '../support/measure.ts';
import { strangersTest } from '../support/people-test.ts';
import { EXTENSION_ID } from '../support/profile.ts';
import { revealed } from '../support/scan.ts';
import { applySettings } from '../support/settings.ts';
import { readState } from '../support/state.ts';

const CHAT = 'The tide turns at nine';
const FILE = 'low-tide-walk.bin';
const TITLE = 'Moving colours';

strangersTest(
  'a live tab ends at the certificates that the session itself named, and the server reads nothing',
  async ({ people: { alice, bob, pages }, onTestFinished }) => {
    const server = await HostileServer.start();
    onTestFinished(() => server.stop());
    const panel = await bob.browser.panel('/options.html');
    await applySettings(await alice.browser.panel('/options.html'), { serverUrl: server.url });
    await applySettings(panel, { serverUrl: server.url });
    const offscreens = [await alice.browser.offscreen(), await bob.browser.offscreen()];
    for (const offscreen of offscreens) await offscreen.evaluate(watchConnections);

    const code = await alice.showsCode();
    await bob.entersCode(code);
    await alice.comparesWordsWith(bob);
    await Promise.all([alice.sees('Direct'), bob.sees('Direct')]);
    await alice.says(CHAT);
    await bob.sees(CHAT);
    await alice.sendsFile(await makeFile(alice.profile, FILE, 100_000));
    await bob.receives(FILE);
    const passedBefore = server.passed.length;

    await alice.goesTo(pages.url('colours'));
    await alice.sharesTab();
    await bob.sees(TITLE);
    const [share] = (await readState(panel)).incomingShares;
    const viewer = patient(await bob.browser.browser.newPage());
    await viewer.evaluateOnNewDocument(watchConnections);
    await viewer.goto(`chrome-extension://${EXTENSION_ID}/viewer.html?peer=${share?.peerId}&share=${share?.shareId}`);
    await movingColours(viewer);

    const [sharing, watching] = [await certificates(await alice.browser.offscreen()), await certificates(viewer)];
    expect(sharing.own).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(watching).toEqual({ own: sharing.remoteUsed, remoteNamed: sharing.own, remoteUsed: sharing.own });
    expect(sharing).toEqual({ own: watching.remoteUsed, remoteNamed: watching.own, remoteUsed: watching.own });

    // Both were named on the session's own channel, and nowhere else.
    const said = await Promise.all(offscreens.map((offscreen) => offscreen.evaluate(() => saidOnChannels.join('\n'))));
    expect(said[0]).toContain(sharing.own);
    expect(said[1]).toContain(watching.own);
    expect(server.passed.length).toBe(passedBefore);
    const words = code.slice('0000-'.length);
    const secrets = [
      sharing.own,
      watching.own,
      'fingerprint',
      'candidate:',
      'a=ice',
      CHAT,
      FILE,
      TITLE,
      words,
      'Alice',
    ];
    expect(revealed(server.heard, secrets)).toEqual([]);
    // The scan would have found them.
    expect(revealed([...server.heard, ...said], ['fingerprint', 'candidate:', CHAT, FILE, TITLE])).toHaveLength(5);
  },
);

/** Keeps the PeerConnections of a page, and the texts that it sends on data channels. Runs in the page. */
function watchConnections(): void {
  globalThis.connectionsMade = [];
  globalThis.saidOnChannels = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connectionsMade.push(this);
    }
  };
  const { send } = RTCDataChannel.prototype;
  RTCDataChannel.prototype.send = function (data: unknown) {
    if (ArrayBuffer.isView(data)) saidOnChannels.push(new TextDecoder().decode(data));
    Reflect.apply(send, this, [data]);
  };
}

/** SHA-256 fingerprints at one end of the connection that carries media: its own, the one it was told, the one that DTLS ended at. */
async function certificates(page: Page): Promise<{ own: string; remoteNamed: string; remoteUsed: string }> {
  return page.evaluate(async () => {
    const connection = connectionsMade.findLast((one) => one.getTransceivers().length > 0);
    const [certificate] = connection?.getTransceivers()[0]?.sender.transport?.getRemoteCertificates() ?? [];
    if (!connection || !certificate) throw new Error('no media connection');
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
    const [own, remoteNamed] = [connection.localDescription, connection.remoteDescription].map(
      (description) => /a=fingerprint:sha-256 (\S+)/.exec(description?.sdp ?? '')?.[1] ?? '',
    );
    const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase());
    return { own: own ?? '', remoteNamed: remoteNamed ?? '', remoteUsed: hex.join(':') };
  });
}

declare global {
  var connectionsMade: RTCPeerConnection[];
  var saidOnChannels: string[];
}
