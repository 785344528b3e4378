import { link, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from 'puppeteer-core';
import type { ItemOf, Transfer } from '../../extension/core/session/state.ts';
import { MAX_FILE_BYTES } from '../../extension/core/shared/limits.ts';
import { command } from '../support/command.ts';
import { makeFile, makeLog, sha256 } from '../support/files.ts';
import { meetPeople, type People } from '../support/people.ts';
import type { Profile } from '../support/profile.ts';
import { readState } from '../support/state.ts';
import { FeedLog } from './feed-log.ts';
import { sendRaw } from './raw-channel.ts';
import { startUsage, type Usage } from './usage.ts';

export const MIB = 1024 * 1024;

/** What one way to move bytes achieved, round by round. */
export interface Measured {
  /** MB/s. */
  readonly rates: number[];
  readonly usages: Usage[];
  /** What the browsers worked for each gigabyte, in seconds. */
  readonly cpuSecondsPerGB: number[];
  readonly saveMs: number[];
}

export function nothingMeasured(): Measured {
  return { rates: [], usages: [], cpuSecondsPerGB: [], saveMs: [] };
}

type Done = Extract<Transfer, { state: 'done' }>;

/** Something that Alice can pick, and how to see that Bob has it. */
export interface Load {
  readonly sizeBytes: number;
  /** Puts it where it can be picked under a name of its own, so that no round can be taken for an earlier one. */
  present(name: string): Promise<string>;
  /** Clicks until it is picked. */
  pick(people: People, path: string): Promise<void>;
  /** What Bob does once it is verified and before it is saved; nothing for most. */
  save?(people: People, page: Page, item: ItemOf<'file'>): Promise<void>;
  /** Looks at what Bob got and throws when it isn't the same; then removes both. */
  check(people: People, name: string, path: string): Promise<void>;
}

/** Alice and Bob, paired, Bob taking what Alice sends without being asked; and a page each, for a bare channel between the same browsers. */
export class FilesStage {
  readonly people: People;
  readonly alicePage: Page;
  readonly bobPage: Page;
  /** What Bob's views are told. */
  readonly bobLog: FeedLog;
  #rounds = 0;

  private constructor(people: People, alicePage: Page, bobPage: Page, bobLog: FeedLog) {
    this.people = people;
    this.alicePage = alicePage;
    this.bobPage = bobPage;
    this.bobLog = bobLog;
  }

  /**
   * @param limitMs for a whole transfer: many times what the slowest of the known ways needs.
   * @param meet makes the two, side by side unless told otherwise.
   */
  static async open(limitMs: number, meet: typeof meetPeople = meetPeople): Promise<FilesStage> {
    const people = await meet({ protocolTimeoutMs: limitMs });
    try {
      const { alice, bob } = people;
      await alice.pairsWith(bob);
      const [alicePage, bobPage] = await Promise.all([
        alice.browser.panel('/options.html'),
        bob.browser.panel('/options.html'),
      ]);
      await Promise.all([alice.closesPopup(), bob.closesPopup()]);
      const [peer] = (await readState(bobPage)).peers;
      if (!peer) throw new Error('Bob knows nobody.');
      await command(bobPage, 'peer-accept-files', { peerId: peer.id, upToBytes: MAX_FILE_BYTES });
      return new FilesStage(people, alicePage, bobPage, await FeedLog.open(bobPage, limitMs));
    } catch (error) {
      await people.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.people.close();
  }

  chromium(): Promise<string> {
    return this.people.alice.browser.browser.version();
  }

  /** A bare data channel moves as many bytes. */
  async raw(sizeBytes: number, into: Measured): Promise<void> {
    await this.#toFront();
    const usage = await this.usage();
    const tookMs = await sendRaw(this.alicePage, this.bobPage, sizeBytes);
    add(into, sizeBytes, tookMs, await usage.stop());
  }

  /**
   * Alice picks it, and Bob's Pairwise takes it. The clock runs from the offer, which goes out when it was picked, to the last block
   * checked in private storage.
   */
  async send(load: Load, into: Measured): Promise<Done> {
    const { alice } = this.people;
    this.#rounds += 1;
    const name = `round-${this.#rounds}`;
    const path = await load.present(name);
    const usage = await this.usage();
    await load.pick(this.people, path);
    await alice.closesPopup();
    await this.#toFront();
    const file = basename(path);
    const verified = await this.bobLog.fileReaches(file, ['ready', 'saving', 'done']);
    const used = await usage.stop();
    await load.save?.(this.people, this.bobPage, verified);
    const { at, transfer } = await this.bobLog.fileReaches(file, ['done']);
    if (transfer.state !== 'done') throw new Error('Not done.');
    await load.check(this.people, file, path);
    add(into, load.sizeBytes, transfer.verifiedAt - at, used);
    into.saveMs.push(transfer.savedAt - transfer.verifiedAt);
    return transfer;
  }

  usage(): Promise<{ stop(): Promise<Usage> }> {
    const { alice, bob } = this.people;
    return startUsage([alice.browser.browser, bob.browser.browser]);
  }

  /** The same pages in front for each way. */
  async #toFront(): Promise<void> {
    await Promise.all([this.alicePage.bringToFront(), this.bobPage.bringToFront()]);
  }
}

function add(into: Measured, sizeBytes: number, tookMs: number, usage: Usage): void {
  into.rates.push(sizeBytes / 1e6 / (tookMs / 1000));
  into.usages.push(usage);
  into.cpuSecondsPerGB.push(usage.cpuSeconds / (sizeBytes / 1e9));
}

/** One file of random bytes, or of log lines. */
export async function fileLoad(profile: Profile, content: 'random' | 'log', sizeBytes: number): Promise<Load> {
  const name = content === 'random' ? 'random.bin' : 'server.log';
  const source = await (content === 'random' ? makeFile : makeLog)(profile, name, sizeBytes);
  const digest = await sha256(source);
  return {
    sizeBytes,
    present: async (round) => {
      const path = join(profile.dir, `${round}-${name}`);
      await link(source, path);
      return path;
    },
    pick: ({ alice }, path) => alice.sendsFile(path),
    check: async ({ bob }, file, path) => {
      const received = bob.downloadPath(file);
      if ((await sha256(received)) !== digest) throw new Error(`${file} arrived with another SHA-256.`);
      await Promise.all([rm(path), rm(received)]);
    },
  };
}

/** One folder, renamed for each round. `limitMs`: until it is picked. `save` and `check` as the case has them. */
export function folderLoad(
  folder: { readonly path: string; readonly sizeBytes: number; readonly limitMs: number },
  rest: Pick<Load, 'save' | 'check'>,
): Load {
  let path = folder.path;
  return {
    sizeBytes: folder.sizeBytes,
    present: async (round) => {
      const next = `${folder.path}-${round}`;
      await rename(path, next);
      path = next;
      return next;
    },
    pick: ({ alice }, chosen) => alice.sendsFolder(chosen, folder.limitMs),
    ...rest,
  };
}
