import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { AppState, PeerState } from '../../extension/core/session/state.ts';
import type { OffscreenCommands, RequestOf } from '../../extension/messaging/commands.ts';
import type { LaunchOptions } from './browser.ts';
import { type PersonOptions, PopupUser } from './popup-user.ts';
import { startPerson } from './start-person.ts';
import { readState } from './state.ts';

/** Handshakes are tried again after seconds, and a dial gives up after twelve: twice all that, on two busy cores. */
const UNTIL_LIMIT_MS = 90_000;
const POLL_MS = 50;

/**
 * Someone with the real extension, who asks it by its commands and looks at its state, as a view would, so that a test can do in seconds
 * what takes many clicks.
 */
export class Subject extends PopupUser {
  #panel: Page | undefined;

  static start(options: PersonOptions, launch: LaunchOptions = {}): Promise<Subject> {
    return startPerson(options, launch, (profile, browser, page) => new Subject(options.name, profile, browser, page));
  }

  /** Asks the offscreen document. @throws Error with the code of a refusal. */
  async ask<Name extends keyof OffscreenCommands & string>(
    type: Name,
    request: RequestOf<OffscreenCommands, Name>,
  ): Promise<void> {
    const panel = await this.panel();
    const answer = await panel.evaluate(
      (message): Promise<{ ok: boolean; code?: string }> => chrome.runtime.sendMessage(message),
      { target: 'offscreen', type, ...Object(request) },
    );
    if (!answer.ok) throw new Error(`${this.name} can’t ${type}: ${answer.code}`);
  }

  async state(): Promise<AppState> {
    return readState(await this.panel());
  }

  /** The state, once it fits. `what` is for the message of a failure. */
  async until(what: string, fits: (state: AppState) => boolean): Promise<AppState> {
    const deadlineMs = performance.now() + UNTIL_LIMIT_MS;
    for (;;) {
      const state = await this.state();
      if (fits(state)) return state;
      if (performance.now() > deadlineMs) throw new Error(`${this.name} never: ${what}. ${JSON.stringify(state)}`);
      await delay(POLL_MS);
    }
  }

  async id(): Promise<string> {
    return (await this.state()).me.id;
  }

  /** Goes to another server and is there. */
  async movesTo(serverUrl: string): Promise<void> {
    await this.ask('settings-set', { serverUrl });
    await this.until('is on the server', ({ server }) => server.url === serverUrl && server.status === 'online');
  }

  /** Shows a code and gives it. */
  async hosts(form: 'code' | 'secret' = 'code'): Promise<string> {
    await this.ask('pair-host', { form });
    const { pairing } = await this.until('shows a code', ({ pairing }) => pairing.step === 'hosting');
    return pairing.step === 'hosting' ? pairing.code : '';
  }

  /** Six words of a pairing that somebody has to agree to, on whichever side. */
  async words(): Promise<string[]> {
    const asked = (state: AppState) => state.pairing.step === 'confirm' || state.pairing.step === 'confirming';
    const { pairing } = await this.until('sees six words', asked);
    return pairing.step === 'confirm' || pairing.step === 'confirming' ? pairing.words : [];
  }

  /** Why the pairing failed. */
  async failure(): Promise<string> {
    const { pairing } = await this.until('fails to pair', ({ pairing }) => pairing.step === 'failed');
    return pairing.step === 'failed' ? pairing.code : '';
  }

  /** The only peer, once the state of the connection is this. */
  async peer(connection: PeerState['connection']['state'] = 'connected'): Promise<PeerState> {
    const state = await this.until(`is ${connection}`, ({ peers }) => peers[0]?.connection.state === connection);
    const [peer] = state.peers;
    if (!peer) throw new Error('no peer');
    return peer;
  }

  /** What was said to and fro, each line as often as it is there. */
  async lines(): Promise<string[]> {
    const { peers } = await this.state();
    return peers.flatMap(({ timeline }) => timeline.flatMap((item) => (item.kind === 'chat' ? [item.text] : [])));
  }

  async says(text: string): Promise<void> {
    const [peer] = (await this.state()).peers;
    if (!peer) throw new Error(`${this.name} has nobody to talk to`);
    await this.ask('chat-send', { peerId: peer.id, text });
  }

  /** Waits until a line has arrived. */
  async hears(text: string): Promise<void> {
    await this.until(`hears “${text}”`, ({ peers }) =>
      peers.some(({ timeline }) => timeline.some((item) => item.kind === 'chat' && !item.mine && item.text === text)),
    );
  }

  /** Erases everybody and every pairing that is under way. */
  async startsOver(): Promise<void> {
    await this.ask('pair-cancel', {});
    for (const { id } of (await this.state()).peers) await this.ask('peer-forget', { peerId: id });
  }

  /** A page of the extension, behind the one in front. */
  async panel(): Promise<Page> {
    if (!this.#panel || this.#panel.isClosed()) {
      this.#panel = await this.browser.panel('/options.html');
      await this.page.bringToFront();
    }
    return this.#panel;
  }

  override async quitsBrowser(): Promise<void> {
    this.#panel = undefined;
    await super.quitsBrowser();
  }
}

/** Pairs the two: `guest` types what `host` shows, `host` agrees. Both are connected then. */
export async function pair(host: Subject, guest: Subject): Promise<void> {
  await guest.ask('pair-join', { code: await host.hosts() });
  await host.words();
  await host.ask('pair-confirm', { accept: true });
  await Promise.all([host.peer(), guest.peer()]);
}
