import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceAnswerSchema } from '../../peer-server/protocol.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { hasCoturn, TURNSERVER } from '../support/coturn.ts';
import { join } from '../support/raw-client.ts';
import { type Credential, TurnClient } from '../support/stun.ts';

// The configuration of coturn that we publish, on a real coturn, with what the server mints.

if (!hasCoturn) console.log('Skipped: coturn.conf is not tested, because coturn is not installed here.');

/** As `openssl rand -base64 32` makes one. */
const SECRET = 'dGhlLXNlY3JldC1vZitoZS90ZXN0K2FuZC9tb3JlIQ==';
let dir: string;
let port: number;
let coturn: ChildProcess;
let server: RunningServer;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The published file, with the lines that it says are to be changed, and all of it on loopback. */
function configuration(): string {
  const path = new URL('../../peer-server/coturn.conf', import.meta.url);
  const changed = readFileSync(path, 'utf8')
    .replace(/^static-auth-secret=.*$/m, `static-auth-secret=${SECRET}`)
    .replace(/^cert=.*$/m, `cert=${dir}/cert.pem`)
    .replace(/^pkey=.*$/m, `pkey=${dir}/key.pem`)
    .replace(/^listening-port=.*$/m, `listening-port=${port}`)
    .replace(/^tls-listening-port=.*$/m, `tls-listening-port=${port + 1}`);
  return `${changed}\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\npidfile=${dir}/pid\n`;
}

/** What the server gives to that device. */
async function credentialFor(name: string): Promise<Credential> {
  const client = await join(server.url, name);
  client.send({ type: 'ice-servers', n: 1 });
  const answer = v.parse(ServiceAnswerSchema, await client.next());
  await client.close();
  if (answer.type !== 'ice-servers') throw new Error(answer.type);
  const { username = '', credential = '' } = answer.iceServers[0] ?? {};
  return { username, credential };
}

async function withTurn<Result>(user: Credential, use: (turn: TurnClient) => Promise<Result>): Promise<Result> {
  const turn = new TurnClient(port, user);
  try {
    return await use(turn);
  } finally {
    turn.close();
  }
}

describe.skipIf(!hasCoturn)('coturn.conf', () => {
  beforeAll(async () => {
    dir = mkdtempSync(joinPath(tmpdir(), 'pairwise-coturn-'));
    port = await freePort();
    const key = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=turn.example'];
    execFileSync('openssl', [...key, '-keyout', `${dir}/key.pem`, '-out', `${dir}/cert.pem`], { stdio: 'ignore' });
    writeFileSync(`${dir}/turnserver.conf`, configuration());
    const [program, ...before] = TURNSERVER;
    coturn = spawn(program, [...before, '-c', `${dir}/turnserver.conf`], { stdio: 'ignore' });
    const turnUrls = [`turn:127.0.0.1:${port}`];
    server = await startServer({ port: 0, logLevel: 'silent', turnUrls, turnSecret: SECRET });
  });

  afterAll(async () => {
    try {
      const isRunning = coturn?.exitCode === null && coturn.signalCode === null;
      const ended = isRunning ? once(coturn, 'exit') : undefined;
      coturn?.kill('SIGKILL');
      await ended;
      await server?.close();
    } finally {
      if (dir) rmSync(dir, { recursive: true, force: true });
    }
  });

  test('takes the credential that the server mints', async () => {
    const user = await credentialFor('alice');
    expect(await withTurn(user, (turn) => turn.allocate())).toBeNull();
  });

  test('refuses one that is changed or expired', async () => {
    const user = await credentialFor('alice');
    const [expires, id] = user.username.split(':');
    const forged = { ...user, username: `${Number(expires) + 3600}:${id}` };
    expect(await withTurn(forged, (turn) => turn.allocate())).toBe(401);
    expect(await withTurn({ ...user, credential: 'guess' }, (turn) => turn.allocate())).toBe(401);
    const username = `${Math.floor(Date.now() / 1000) - 60}:${id}`;
    const expired = { username, credential: createHmac('sha1', SECRET).update(username).digest('base64') };
    expect(await withTurn(expired, (turn) => turn.allocate())).toBe(401);
  });

  test('lets nobody reach what is private, its own or special, and everybody what is public', async () => {
    await withTurn(await credentialFor('alice'), async (turn) => {
      expect(await turn.allocate()).toBeNull();
      for (const address of [
        '0.0.0.0',
        '10.0.0.1',
        '100.64.0.1',
        '127.0.0.1',
        '169.254.169.254',
        '172.16.0.1',
        '172.31.255.254',
        '192.168.1.1',
        '198.18.0.1',
        '224.0.0.1',
        '255.255.255.255',
      ]) {
        expect([address, await turn.permit(address)]).toEqual([address, 403]);
      }
      for (const address of ['1.1.1.1', '172.32.0.1', '100.128.0.1']) {
        expect([address, await turn.permit(address)]).toEqual([address, null]);
      }
    });
  });
});
