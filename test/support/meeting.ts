import { expect, test } from 'vitest';
import type { AppState } from '../../extension/core/session/state.ts';
import { kindOf } from './alter.ts';
import type { LaunchOptions } from './browser.ts';
import { type ConnectionCount, countConnections } from './connections.ts';
import { HostileServer, type Tricks } from './hostile-server.ts';
import { pair, type Subject } from './subject.ts';
import { meetSubjects, type Subjects } from './subjects.ts';

const POLL = { timeout: 90_000, interval: 200 };

/** Alice and Bob, who are paired, and a hostile server on which they are about to meet. */
export class Meeting {
  readonly server: HostileServer;
  readonly alice: Subject;
  readonly bob: Subject;
  /** The id of the one who makes the connection, and of the one who waits for it. */
  readonly ids: { readonly dials: string; readonly waits: string };
  readonly #counts: ReadonlyMap<string, () => Promise<ConnectionCount>>;
  #lines = 0;

  private constructor(
    server: HostileServer,
    { alice, bob }: Subjects,
    counts: Map<string, () => Promise<ConnectionCount>>,
  ) {
    this.server = server;
    this.alice = alice;
    this.bob = bob;
    const [dials = '', waits = ''] = [...counts.keys()].toSorted();
    this.ids = { dials, waits };
    this.#counts = counts;
  }

  static async on(server: HostileServer, subjects: Subjects): Promise<Meeting> {
    const counts = new Map<string, () => Promise<ConnectionCount>>();
    for (const subject of [subjects.alice, subjects.bob]) {
      counts.set(await subject.id(), await countConnections(await subject.browser.offscreen()));
    }
    return new Meeting(server, subjects, counts);
  }

  /** Both come to the server, which does this to them. What connected them before ends with that. */
  async under(tricks: Tricks): Promise<void> {
    this.server.tricks = tricks;
    await Promise.all([this.alice.movesTo(this.server.url), this.bob.movesTo(this.server.url)]);
  }

  async bothConnected(): Promise<void> {
    await Promise.all([this.alice.peer(), this.bob.peer()]);
  }

  /** What this one has done with PeerConnections since the test began. */
  async count(id: string): Promise<ConnectionCount> {
    const count = await this.#counts.get(id)?.();
    if (!count) throw new Error('nobody counts there');
    return count;
  }

  counts(): Promise<ConnectionCount[]> {
    return Promise.all([this.count(this.ids.dials), this.count(this.ids.waits)]);
  }

  /** Both have handled whatever the server has said to them so far: an answer that it gives after that has arrived. */
  async settled(): Promise<void> {
    for (const subject of [this.alice, this.bob]) {
      await subject.hosts();
      await subject.ask('pair-cancel', {});
    }
  }

  /** How many messages of a kind clients have sent, all of them or those of one. */
  passed(kind: string, src?: string): number {
    const { passed } = this.server;
    return passed.filter((message) => kindOf(message) === kind && (src === undefined || message.src === src)).length;
  }

  /** Both knock again, as they would by themselves a little later. */
  async knockAgain(): Promise<void> {
    const { dials, waits } = this.ids;
    for (const [src, dst] of [
      [dials, waits],
      [waits, dials],
    ] as const) {
      this.server.say(dst, JSON.stringify({ type: 'EXPIRE', src, dst }));
    }
    for (const subject of [this.alice, this.bob]) {
      for (const { id } of (await subject.state()).peers) await subject.ask('peer-retry', { peerId: id });
    }
  }

  /** A new line of Alice. */
  async says(): Promise<string> {
    const text = `line ${++this.#lines} ${this.server.url}`;
    await this.alice.says(text);
    return text;
  }

  /** The line arrives, once. */
  async arrives(text: string): Promise<void> {
    await this.bob.hears(text);
    expect((await this.bob.lines()).filter((line) => line === text)).toEqual([text]);
  }

  /**
   * Their connection ends while the server does what `then` makes it do: it comes back by itself, and is looked for. Returns a line
   * that Alice has said since.
   */
  async loses(then: () => void): Promise<string> {
    then();
    const offscreen = await this.bob.browser.offscreen();
    await offscreen.evaluate(() => globalThis.endConnections());
    const apart = ({ peers }: AppState) => peers[0]?.connection.state !== 'connected';
    await Promise.all([this.alice, this.bob].map((subject) => subject.until('is apart', apart)));
    return this.says();
  }

  /**
   * Both try until the attack has had enough messages. By then nobody is connected, nobody has made a PeerConnection (unless the attack
   * comes so late that one side may dial), and what Alice says stays with her. When the attack stops they connect by themselves, and
   * each line is there once.
   */
  async fails(isEnough: () => boolean, mayDial = false): Promise<void> {
    const text = await this.says();
    const enough = async () => {
      if (!isEnough()) await this.knockAgain();
      return isEnough();
    };
    await expect.poll(enough, { ...POLL, message: 'messages to attack' }).toBe(true);
    await this.settled();
    for (const subject of [this.alice, this.bob]) {
      const { peers } = await subject.state();
      expect(peers.map(({ connection }) => connection.state)).not.toContain('connected');
      expect(peers).toHaveLength(1);
    }
    expect((await this.count(this.ids.waits)).made).toBe(0);
    if (!mayDial) expect((await this.count(this.ids.dials)).made).toBe(0);
    expect(await this.bob.lines()).not.toContain(text);
    if (!mayDial) await this.alice.sees('Offline');
    await this.alice.sees('Waiting');
    await this.alice.closesPopup();
    this.server.tricks = {};
    await this.bothConnected();
    await this.arrives(text);
  }
}

/** Two browsers for a whole file, paired; for each test a new hostile server that neither has come to yet. */
export const meetingTest = test.extend<{ launch: LaunchOptions; subjects: Subjects; meeting: Meeting }>({
  launch: [{}, { scope: 'file' }],
  subjects: [
    async ({ launch }, use) => {
      const server = await HostileServer.start();
      const subjects = await meetSubjects(server.url, launch);
      await pair(subjects.alice, subjects.bob);
      await server.stop();
      await use(subjects);
      await subjects.close();
    },
    { scope: 'file' },
  ],
  meeting: async ({ subjects, onTestFailed }, use) => {
    const server = await HostileServer.start();
    onTestFailed(() => console.log([...subjects.alice.problems(), ...subjects.bob.problems()].join('\n')));
    await use(await Meeting.on(server, subjects));
    await server.stop();
  },
});
