import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Certificate } from '../network/certificate.ts';
import { makeTemporaryDir } from '../network/temporary-dir.ts';
import { withParent } from './programs.ts';

/** A real STUN and TURN server on this computer's own address. */
export interface Coturn {
  readonly port: number;
  stop(): Promise<void>;
}

/** Whether this computer has coturn. */
export const hasCoturn = spawnSync('turnserver', ['--version']).error === undefined;

/** What starts turnserver. */
export const TURNSERVER = withParent('turnserver');

export interface CoturnPlace {
  readonly address: string;
  readonly port: number;
  /** Null: it lets anyone in, as one does that nobody has set up. */
  readonly secret: string | null;
  /** For what it writes. */
  readonly dir: string;
  /** Where it takes TLS, and what it shows there. Default: nowhere. */
  readonly tls?: Certificate & { readonly port: number };
}

/** Says that it takes requests now. */
export const COTURN_READY = /DB connection success/;

/** What turnserver is started with: UDP, TCP and perhaps TLS, with credentials as the signalling server mints them. */
export function coturnSettings({ address, port, secret, dir, tls }: CoturnPlace): string[] {
  return [
    '-n',
    `--listening-ip=${address}`,
    `--relay-ip=${address}`,
    `--listening-port=${port}`,
    '--realm=pairwise',
    ...(secret === null ? [] : ['--use-auth-secret', `--static-auth-secret=${secret}`]),
    '--fingerprint',
    '--no-cli',
    ...(tls
      ? [`--tls-listening-port=${tls.port}`, `--cert=${tls.certificatePath}`, `--pkey=${tls.keyPath}`]
      : ['--no-tls']),
    '--no-dtls',
    '--log-file=stdout',
    `--pidfile=${join(dir, 'turnserver.pid')}`,
    `--userdb=${join(dir, 'turnserver.db')}`,
  ];
}

/** Starts coturn on a free port of loopback, over UDP and TCP; without a secret it lets anyone in. @throws Error with what it said, when it doesn't start */
export async function startCoturn(secret: string | null): Promise<Coturn> {
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

/** A port of loopback that nobody has, neither for UDP nor for TCP. */
export async function freePort(): Promise<number> {
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
