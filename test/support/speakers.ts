import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTemporaryDir, type TemporaryDir } from '../network/temporary-dir.ts';
import { end, hasPrograms, makes, withParent } from './programs.ts';

const PROGRAMS = ['pulseaudio', 'parec'] as const;
const HEAR_LIMIT_MS = 60_000;
const POLL_MS = 20;
const SAMPLE_RATE = 48_000;
const BYTES_PER_SAMPLE = 2;
/** What is listened to at a time: long enough to tell tones 5 Hz apart. */
const WINDOW_SAMPLES = SAMPLE_RATE / 4;
/** Amplitudes, of 1. A tone of the pages has 0.3 on each side. */
const TONE_LEAST = 0.05;
const SILENCE_MOST = 0.001;
/** Shorter breaks of a tone are no silence. */
const SILENT_WINDOWS = 4;

/** Whether this computer can play to nobody, and record what was played. */
export function hasSpeakers(): boolean {
  return hasPrograms(PROGRAMS);
}

/** Speakers of their own, and somebody who listens to them: what a person hears, whatever a page believes to play. */
export class Speakers {
  /** What `LaunchOptions.soundServer` takes. */
  readonly server: string;
  readonly #dir: TemporaryDir;
  readonly #programs: readonly ChildProcess[];
  #heard = Buffer.alloc(0);

  private constructor(server: string, dir: TemporaryDir, programs: readonly ChildProcess[], ear: ChildProcess) {
    this.server = server;
    this.#dir = dir;
    this.#programs = programs;
    ear.stdout?.on('data', (bytes: Buffer) => {
      this.#heard = Buffer.concat([this.#heard, bytes]);
    });
  }

  /** @throws Error when the sound server doesn't start. */
  static async open(): Promise<Speakers> {
    const dir = await makeTemporaryDir('speakers');
    const socket = join(dir.path, 'socket');
    // Nothing of it in the home of whoever runs the tests.
    const env = { ...process.env, HOME: dir.path, PULSE_RUNTIME_PATH: dir.path, PULSE_SERVER: `unix:${socket}` };
    const settings = ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes'];
    const modules = [
      'module-null-sink sink_name=speakers',
      `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
    ];
    const [pulseaudio, ...tied] = withParent('pulseaudio');
    const args = [...tied, ...settings, ...modules.flatMap((one) => ['-L', one])];
    const server = spawn(pulseaudio, args, { env, stdio: 'ignore' });
    try {
      await makes(server, socket);
    } catch (error) {
      await end(server, 'SIGKILL');
      await dir.remove();
      throw new Error('The sound server doesn’t start.', { cause: error });
    }
    const form = ['--format=s16le', `--rate=${SAMPLE_RATE}`, '--channels=1', '--latency-msec=50'];
    const [parec, ...before] = withParent('parec');
    const ear = spawn(parec, [...before, '--device=speakers.monitor', ...form], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new Speakers(env.PULSE_SERVER, dir, [ear, server], ear);
  }

  /** Resolves once this tone is to be heard, from now on. @throws Error with what was heard instead. */
  async hear(hz: number): Promise<void> {
    await this.#listen(`a tone of ${hz} Hz`, (window) => amplitudeAt(window, hz) > TONE_LEAST);
  }

  /** Resolves once there is anything to hear, from now on. */
  async hearSomething(): Promise<void> {
    await this.#listen('a sound', (window) => loudestOf(window) > TONE_LEAST);
  }

  /** Resolves once nothing has been heard for a second, from now on. */
  async fallSilent(): Promise<void> {
    let silent = 0;
    await this.#listen('silence', (window) => {
      silent = loudestOf(window) < SILENCE_MOST ? silent + 1 : 0;
      return silent >= SILENT_WINDOWS;
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => end(program, 'SIGKILL')));
    await this.#dir.remove();
  }

  /** Looks at one window after the other, from the first that is recorded now. */
  async #listen(what: string, isHeard: (window: Float32Array) => boolean): Promise<void> {
    this.#heard = Buffer.alloc(0);
    const deadlineMs = performance.now() + HEAR_LIMIT_MS;
    let loudest = 0;
    while (performance.now() < deadlineMs) {
      for (let window = this.#next(); window; window = this.#next()) {
        if (isHeard(window)) return;
        loudest = loudestOf(window);
      }
      await delay(POLL_MS);
    }
    throw new Error(`No ${what} within ${HEAR_LIMIT_MS} ms, in the end as loud as ${loudest.toFixed(4)}.`);
  }

  #next(): Float32Array | null {
    const bytes = WINDOW_SAMPLES * BYTES_PER_SAMPLE;
    if (this.#heard.length < bytes) return null;
    const window = Float32Array.from({ length: WINDOW_SAMPLES }, (_, index) => {
      return this.#heard.readInt16LE(index * BYTES_PER_SAMPLE) / 0x8000;
    });
    this.#heard = this.#heard.subarray(bytes);
    return window;
  }
}

function loudestOf(window: Float32Array): number {
  return window.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** Of the part of a sound that has this frequency. */
function amplitudeAt(window: Float32Array, hz: number): number {
  const step = (2 * Math.PI * hz) / SAMPLE_RATE;
  const along = window.reduce((sum, sample, index) => sum + sample * Math.cos(step * index), 0);
  const across = window.reduce((sum, sample, index) => sum + sample * Math.sin(step * index), 0);
  return (2 * Math.hypot(along, across)) / window.length;
}
