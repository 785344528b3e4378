import type { Page } from 'puppeteer-core';
import type { AppState } from '../../extension/core/session/state.ts';
import type { FeedMessage } from '../../extension/messaging/feed.ts';
import { startServer } from '../../peer-server/server.ts';
import { kindOf } from '../support/alter.ts';
import { HostileServer } from '../support/hostile-server.ts';
import { startServerProcess } from '../support/server-process.ts';
import { pair, type Subject } from '../support/subject.ts';
import { meetSubjects, type Subjects } from '../support/subjects.ts';
import { addPlainPeer, connectPlain } from './bare-connect.ts';
import { cryptoSize } from './crypto-size.ts';
import type { Figure } from './report.ts';
import type { Bench, BenchResult } from './run.ts';

const ROUNDS = 9;
const RESTARTS = 5;
/** Nobody else uses this server: its limits for one address would only stop the bench. */
const ROOM = {
  nameplatesPerAddressPerMinute: 1_000,
  claimsPerAddressPerTenMinutes: 1_000,
  connectsPerAddressPerMinute: 1_000,
};

export const pairingBench: Bench = { cases: { loopback } };

async function loopback(): Promise<BenchResult> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...ROOM });
  const subjects = await meetSubjects(server.url);
  try {
    const bare = await bareConnects(subjects);
    const pairs = await pairings(subjects);
    const reconnects = await restarts(subjects);
    const handshakes = await handshakesAlone(subjects);
    const { cryptoGzipBytes, wordListGzipBytes } = await cryptoSize();
    const figure = (name: string, unit: string, values: readonly number[]): Figure => ({
      case: 'loopback',
      figure: name,
      unit,
      values,
    });
    return {
      chromium: await subjects.alice.browser.browser.version(),
      figures: [
        { ...figure('pairMs', 'ms', pairs), baselineValues: bare },
        figure('reconnectMs', 'ms', reconnects),
        { ...figure('handshakeMs', 'ms', handshakes), baselineValues: bare },
        figure('cryptoGzipBytes', 'bytes', [cryptoGzipBytes]),
        figure('wordListGzipBytes', 'bytes', [wordListGzipBytes]),
      ],
    };
  } finally {
    await subjects.close();
    await server.close();
  }
}

/** Plain PeerJS between the same two browsers over an unguarded `peer`: `connect()` to `open`. */
async function bareConnects({ alice, bob }: Subjects): Promise<number[]> {
  const server = await startServerProcess({}, { script: 'test/support/bare-peer.ts' });
  const pages = await Promise.all([alice, bob].map(({ browser }) => browser.panel('/options.html')));
  try {
    const [from, to] = pages;
    if (!from || !to) throw new Error('no pages for the bare connection');
    await Promise.all([addPlainPeer(from, server.url, 'carol'), addPlainPeer(to, server.url, 'dave')]);
    const tookMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) tookMs.push(await connectPlain(from, 'dave'));
    return tookMs;
  } finally {
    await Promise.all(pages.map((page) => page.close()));
    await server.stop();
  }
}

/** From entering the code until both are paired. The one who has to agree does so at once. */
async function pairings({ alice, bob }: Subjects): Promise<number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const code = await alice.hosts();
    const [host, guest] = [await alice.panel(), await bob.panel()];
    const confirmed = timeOf(host, 'confirm', { type: 'pair-confirm', accept: true }).then(() =>
      timeOf(host, 'paired'),
    );
    const startedAt = await tell(guest, { type: 'pair-join', code });
    const pairedAt = await Promise.all([confirmed, timeOf(guest, 'paired')]);
    tookMs.push(Math.max(...pairedAt) - startedAt);
    await Promise.all([alice.peer(), bob.peer()]);
    await alice.startsOver();
    await bob.startsOver();
  }
  await pair(alice, bob);
  return tookMs;
}

/** From the start of the extension, in a browser that has been started again, until the other one is connected with it. */
async function restarts({ alice, bob }: Subjects): Promise<number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < RESTARTS; round++) {
    await bob.quitsBrowser();
    await alice.peer('offline');
    const connected = timeOf(await alice.panel(), 'connected');
    await bob.startsBrowserAgain();
    const worker = await bob.browser.worker();
    const startedAt = await worker.evaluate(() => performance.timeOrigin);
    tookMs.push((await connected) - startedAt);
    await bob.peer();
  }
  return tookMs;
}

/**
 * The part of a reconnect that the handshake takes, as the server sees it: from telling a client that it is there, to the first message
 * that it seals. The one with the higher id comes again: its first one says no more than that the session stands, the other's takes an offer.
 */
async function handshakesAlone({ alice, bob }: Subjects): Promise<number[]> {
  const [measured, elsewhere] = [await HostileServer.start(), await HostileServer.start()];
  try {
    const comes: Subject = (await alice.id()) > (await bob.id()) ? alice : bob;
    const id = await comes.id();
    const stays = comes === alice ? bob : alice;
    let openedAt = 0;
    let sealedAt = 0;
    measured.tricks = {
      opened: (who) => {
        if (who === id) [openedAt, sealedAt] = [performance.now(), 0];
      },
      pass: (message) => {
        if (message.src === id && kindOf(message) === 'sealed') sealedAt ||= performance.now();
        return [message];
      },
    };
    await stays.movesTo(measured.url);
    const tookMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await comes.movesTo(elsewhere.url);
      await stays.peer('offline');
      await comes.movesTo(measured.url);
      await Promise.all([alice.peer(), bob.peer()]);
      tookMs.push(sealedAt - openedAt);
    }
    return tookMs;
  } finally {
    await Promise.all([measured.stop(), elsewhere.stop()]);
  }
}

/** Sends a command from an extension page. Returns when, in ms since 1970. */
function tell(panel: Page, command: object): Promise<number> {
  return panel.evaluate(
    (message) => {
      void chrome.runtime.sendMessage(message);
      return performance.timeOrigin + performance.now();
    },
    { target: 'offscreen', ...command },
  );
}

/**
 * When the pairing is at this step or the only peer connected, in ms since 1970; `command` is sent at once then. The page asks for the whole
 * state again and again: updates of a view that stays connected are paced.
 */
function timeOf(panel: Page, wanted: AppState['pairing']['step'] | 'connected', command?: object): Promise<number> {
  return panel.evaluate(
    async (wanted, message) => {
      for (;;) {
        const state = await new Promise<AppState>((resolve) => {
          const port = chrome.runtime.connect({ name: 'state' });
          port.onMessage.addListener((message: FeedMessage) => {
            if (message.type !== 'snapshot') return;
            port.disconnect();
            resolve(message.state);
          });
        });
        const isThere =
          wanted === 'connected' ? state.peers[0]?.connection.state === wanted : state.pairing.step === wanted;
        if (!isThere) continue;
        if (message) void chrome.runtime.sendMessage(message);
        return performance.timeOrigin + performance.now();
      }
    },
    wanted,
    command ? { target: 'offscreen', ...command } : null,
  );
}
