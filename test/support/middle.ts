import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import * as v from 'valibot';
import { bundle } from '../browser/media/stage.ts';
import type { HostileServer, Passing } from './hostile-server.ts';
// For the types of what the page holds.
import './middle-page.ts';

/** A message in which the attacker can put a connection of its own in the place of a client's. */
const Description = v.looseObject({
  label: v.optional(v.string(), 'data'),
  sdp: v.looseObject({ type: v.picklist(['offer', 'answer']), sdp: v.string() }),
});
const Candidate = v.looseObject({ candidate: v.looseObject({ candidate: v.string() }) });

/** A page that holds both plain peers' code and the attacker's. */
export async function addMiddleScript(page: Page): Promise<void> {
  await page.addScriptTag({ content: await bundle(join(import.meta.dirname, 'middle-page.ts')), type: 'module' });
  await page.waitForFunction(() => 'inTheMiddle' in globalThis);
}

/**
 * The attack that plain PeerJS falls to: every description that the server sees is replaced by one of the attacker's own, so that both
 * clients connect to it, and everything that they say passes through its hands.
 */
export class Middle {
  readonly #server: HostileServer;
  readonly #page: Page;
  /** Connections it got hold of. */
  taken = 0;

  /** `page` has the script of `addMiddleScript`. From now on the server attacks. */
  constructor(server: HostileServer, page: Page) {
    this.#server = server;
    this.#page = page;
    server.tricks = { pass: (message) => this.#pass(message) };
  }

  /** What it has read. */
  read(): Promise<string[]> {
    return this.#page.evaluate(() => inTheMiddle.read);
  }

  #pass(message: Passing): readonly Passing[] {
    const found = v.safeParse(Description, message.payload);
    if (!found.success) return v.is(Candidate, message.payload) ? [] : [message];
    const { sdp, label } = found.output;
    if (sdp.type === 'offer') void this.#take(message, sdp.sdp, label);
    else void this.#page.evaluate((sdp) => inTheMiddle.finish(sdp), sdp.sdp);
    return [];
  }

  async #take(offer: Passing, sdp: string, label: string): Promise<void> {
    this.taken++;
    const own = await this.#page.evaluate((sdp, label) => inTheMiddle.take(sdp, label), sdp, label);
    const payload: object = Object(offer.payload);
    this.#server.deliver({ ...offer, payload: { ...payload, sdp: { type: 'offer', sdp: own.offer } } });
    const answer = { ...payload, sdp: { type: 'answer', sdp: own.answer } };
    this.#server.deliver({ type: 'ANSWER', src: offer.dst, dst: offer.src, payload: answer });
  }
}
