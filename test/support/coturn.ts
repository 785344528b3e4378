import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeTemporaryDir } from '../network/temporary-dir.ts';

/** A real STUN and TURN server on this computer's own address. */
export interface Coturn {
  readonly port: number;
  stop(): Promise<void>;
}

/** Whether this computer has coturn. */
export const hasCoturn = spawnSync('turnserver', ['--version']).error === undefined;

/** What starts turnserver. Where the system knows how, it ends with this process, however that ends. */
export const TURNSERVER: readonly [string, ...string[]] =
  spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0
    ? ['setpriv', '--pdeathsig', 'KILL', 'turnserver']
    : ['turnserver'];

export interface CoturnPlace {
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  /** For what it writes. */
  readonly dir: string;
}

/** Says that it takes requests now. */
export const COTURN_READY = /DB connection success/;

/** What turnserver is started with: UDP and TCP, with credentials as the signalling server mints them. */
export function coturnSettings({ address, port, secret, dir }: CoturnPlace): string[] {
  return [
    '-n',
    `--listening-ip=${address}`,
    `--relay-ip=${address}`,
    `--listening-port=${port}`,
    '--realm=pairwise',
    '--use-auth-secret',
    `--static-auth-secret=${secret}`,
    '--fingerprint',
    '--no-cli',
    '--no-tls',
    '--no-dtls',
    '--log-file=stdout',
    `--pidfile=${join(dir, 'turnserver.pid')}`,
    `--userdb=${join(dir, 'turnserver.db')}`,
  ];
}

/** Starts coturn on a free port of loopback, over UDP and TCP. @throws Error with what it said, when it doesn't start */
export async function startCoturn(secret: string): Promise<Coturn> {
  const port = await freePort();
  const dir = await makeTemporaryDir('coturn');
  const place = { address: '127.0.0.1', port, secret, dir: dir.path };
  const settings = [...coturnSettings(place), '--allow-loopback-peers'];
  const [program, ...before] = TURNSERVER;
  const child = spawn(program, [...before, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const listens = new Promise<true>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        said.push(line);
        if (COTURN_READY.test(line)) resolve(true);
      });
    }
  });
  const stop = async () => {
    try {
      child.kill('SIGKILL');
      await exited;
    } finally {
      await dir.remove();
    }
  };
  if ((await Promise.race([listens, exited])) !== true) {
    await dir.remove();
    throw new Error(`turnserver didn't start:\n${said.join('\n')}`);
  }
  return { port, stop };
}

/** A port that nobody has, neither for UDP nor for TCP. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await freeUdpPort();
    if (await isFreeForTcp(port)) return port;
  }
}

function freeUdpPort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
