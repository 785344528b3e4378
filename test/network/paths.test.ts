import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { meetBehindRouters, type PeopleBehindRouters } from './people-behind-routers.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 256 * MIB;
/**
 * Slow enough that the file is on its way for longer than the path needs to change twice, also where a busy computer opens the better one
 * after the first look for it, and the next comes half a minute later.
 */
const BITS_PER_SECOND = 16_000_000;
const LINES = 1_000;
/** A better path is looked for again and again, at first after 15 s. */
const UPGRADE_LIMIT_MS = 60_000;
/** What is left then goes as fast as a busy computer can. */
const SAVE_LIMIT_MS = 480_000;
/** The slow line alone may take two minutes. */
const LIMIT_MS = 900_000;

let people: PeopleBehindRouters;
beforeAll(async () => {
  people = await meetBehindRouters();
});
afterAll(() => people?.close());

test(
  'relay, direct and relay again in the middle of a file and a talk: all of it arrives once, in order',
  async () => {
    const { alice, bob, aliceLog, bobLog, network, become, startSignalling } = people;
    const [home] = network.homes;
    await become('cone');
    await home.drop('udp');
    await startSignalling({ turn: [] });
    await Promise.all([aliceLog, bobLog].map((log) => log.connects('relay')));
    await bobLog.acceptsFilesOf(FILE_BYTES);
    await home.limit(BITS_PER_SECOND);
    const file = await makeFile(alice.profile, 'long.bin', FILE_BYTES);
    await alice.sendsFile(file);
    await alice.closesPopup();
    await bobLog.fileHas('long.bin', MIB);

    const talk = new Talk(people);
    await talk.goesOnUntil(LINES * 0.25);
    const openMs = Date.now();
    await home.drop(null);
    await talk.goesOnUntil(LINES * 0.4);
    await Promise.all([aliceLog, bobLog].map((log) => log.connects('direct', openMs, UPGRADE_LIMIT_MS)));
    console.log(`direct ${Date.now() - openMs} ms after it became possible`);
    await talk.goesOnUntil(LINES * 0.6);
    const shutMs = Date.now();
    await home.drop('udp');
    await talk.goesOnUntil(LINES * 0.75);
    await Promise.all([aliceLog, bobLog].map((log) => log.connects('relay', shutMs)));
    console.log(`relay ${Date.now() - shutMs} ms after it became necessary`);
    const half = await bobLog.file('long.bin');
    expect(half?.state, 'a file that has arrived already shows nothing').not.toBe('done');
    await talk.goesOnUntil(LINES);
    await home.limit(null);

    await Promise.all([bobLog.hears(`Alice ${LINES}`), aliceLog.hears(`Bob ${LINES}`)]);
    expect(await bobLog.heard()).toEqual(talk.linesOf('Alice'));
    expect(await aliceLog.heard()).toEqual(talk.linesOf('Bob'));
    await bobLog.fileIsSaved('long.bin', SAVE_LIMIT_MS);
    expect(await sha256(bob.downloadPath('long.bin'))).toBe(await sha256(file));
  },
  LIMIT_MS,
);

/** Both say line after line, at the same time. */
class Talk {
  readonly #people: PeopleBehindRouters;
  #said = 0;

  constructor(people: PeopleBehindRouters) {
    this.#people = people;
  }

  async goesOnUntil(count: number): Promise<void> {
    const { aliceLog, bobLog } = this.#people;
    const [from, to] = [this.#said, Math.round(count)];
    this.#said = to;
    const linesOf = (name: 'Alice' | 'Bob') => this.linesOf(name).slice(from);
    await Promise.all([aliceLog.says(...linesOf('Alice')), bobLog.says(...linesOf('Bob'))]);
  }

  linesOf(name: 'Alice' | 'Bob'): string[] {
    return Array.from({ length: this.#said }, (_, index) => `${name} ${index + 1}`);
  }
}
