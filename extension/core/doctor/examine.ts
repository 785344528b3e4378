import { delay, within } from '../shared/abort.ts';
import { errorCode } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import { checkPermissions, checkStorage, type DoctorBrowser } from './browser-checks.ts';
import type { DoctorFacts } from './facts.ts';
import { CHECKS, type CheckName, gradeOf, type Outcome, type Outcomes } from './findings.ts';
import { checkStun, checkTurn, checkWebRtc } from './ice-checks.ts';
import { checkRelay } from './relay-check.ts';
import { checkServer, signedIn } from './server-checks.ts';

/** No check takes longer; each gives up earlier by itself where it knows better. */
const LIMITS_MS: Readonly<Record<CheckName, number>> = {
  server: 14_000,
  clock: 1_000,
  socket: 10_000,
  webrtc: 8_000,
  stun: 8_000,
  'turn-udp': 10_000,
  'turn-tcp': 10_000,
  'turn-tls': 10_000,
  relay: 10_000,
  storage: 5_000,
  permissions: 5_000,
};
/** What a person needs to see that something was done. */
const MIN_VISIBLE_MS = 120;

export interface ExamineOptions {
  /** Asks the offscreen document; with `withRelay` for relay tickets too, each good once. */
  askFacts(withRelay?: boolean): Promise<DoctorFacts>;
  readonly extension: DoctorBrowser;
  readonly signal: AbortSignal;
  onStart(name: CheckName): void;
  onOutcome(name: CheckName, outcome: Outcome): void;
}

/** Runs every check, one after the other, each bounded in time. @throws the signal's reason when aborted */
export async function examine(options: ExamineOptions): Promise<Outcomes> {
  const outcomes: Outcomes = {};
  const examination = new Examination(options, outcomes);
  for (const name of CHECKS) {
    options.onStart(name);
    const [outcome] = await Promise.all([
      bounded(name, options.signal, (signal) => examination.run(name, signal)),
      delay(MIN_VISIBLE_MS, options.signal),
    ]);
    outcomes[name] = outcome;
    options.onOutcome(name, outcome);
  }
  return outcomes;
}

async function bounded(
  name: CheckName,
  outer: AbortSignal,
  run: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  // What is still under way when the time is over ends with it.
  const ending = new AbortController();
  const signal = AbortSignal.any([outer, ending.signal]);
  try {
    return await within(run(signal), LIMITS_MS[name], 'timed-out', outer);
  } catch (error) {
    outer.throwIfAborted();
    if (errorCode(error) === 'timed-out') return { finding: name === 'socket' ? 'socket-refused' : 'took-too-long' };
    report(error);
    return { finding: 'broke' };
  } finally {
    ending.abort();
  }
}

class Examination {
  readonly #options: ExamineOptions;
  readonly #outcomes: Outcomes;
  #facts: DoctorFacts | null = null;
  #clock: Outcome = { finding: 'needs-server' };

  constructor(options: ExamineOptions, outcomes: Outcomes) {
    this.#options = options;
    this.#outcomes = outcomes;
  }

  async run(name: CheckName, signal: AbortSignal): Promise<Outcome> {
    switch (name) {
      case 'server': {
        this.#facts = await this.#options.askFacts();
        const { server, clock } = await checkServer(this.#facts.serverUrl);
        this.#clock = clock;
        return server;
      }
      case 'clock':
        return this.#clock;
      case 'socket': {
        if (!this.#isServerThere || !this.#facts) return { finding: 'needs-server' };
        await signedIn(this.#facts, () => this.#options.askFacts(), signal);
        // What the server hands out comes after the sign-in.
        this.#facts = await this.#options.askFacts();
        return { finding: 'socket-open' };
      }
      case 'webrtc': {
        const outcome = await checkWebRtc(signal);
        const isCut = !navigator.onLine && !this.#isServerThere;
        return outcome.finding === 'webrtc-no-udp' && isCut ? { finding: 'needs-network' } : outcome;
      }
      case 'stun':
        return this.#ice((iceServers) => checkStun(iceServers, signal));
      case 'turn-udp':
        return this.#ice((iceServers) => checkTurn(iceServers, 'udp', signal));
      case 'turn-tcp':
        return this.#ice((iceServers) => checkTurn(iceServers, 'tcp', signal));
      case 'turn-tls':
        return this.#ice((iceServers) => checkTurn(iceServers, 'tls', signal));
      case 'relay':
        return this.#handedOut(async () => {
          const facts = await this.#options.askFacts(true);
          return facts.serverStatus === 'online' ? checkRelay(facts, signal) : { finding: 'needs-server' };
        });
      case 'storage':
        return checkStorage();
      case 'permissions':
        return checkPermissions(this.#options.extension);
    }
  }

  get #isServerThere(): boolean {
    const { server } = this.#outcomes;
    return server !== undefined && gradeOf(server) !== 'bad';
  }

  /** What the server hands out, once this device is signed in there. */
  async #handedOut(check: (facts: DoctorFacts) => Promise<Outcome>): Promise<Outcome> {
    return this.#facts?.serverStatus === 'online' ? check(this.#facts) : { finding: 'needs-server' };
  }

  async #ice(check: (iceServers: DoctorFacts['iceServers']) => Promise<Outcome>): Promise<Outcome> {
    if (this.#outcomes.webrtc?.finding === 'webrtc-off') return { finding: 'needs-webrtc' };
    return this.#handedOut(({ iceServers }) => check(iceServers));
  }
}
