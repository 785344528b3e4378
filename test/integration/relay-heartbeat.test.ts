import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import type { Role } from '../../extension/core/crypto/session-keys.ts';
import { openRelayLink } from '../../extension/core/link/relay-link.ts';
import { openSecureLink } from '../../extension/core/link/secure-link.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { join } from '../support/raw-client.ts';
import { randomSession, relayUrl, ticketFor } from '../support/relay-client.ts';

let server: RunningServer;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  const Kept = class extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  };
  vi.stubGlobal('WebSocket', Kept);
  server = await startServer({ port: 0, logLevel: 'silent' });
});
afterAll(async () => {
  vi.unstubAllGlobals();
  for (const socket of sockets) socket.terminate();
  await server.close();
});

test('through the server’s relay a side that still takes frames but answers none is in doubt a second after it was asked', async () => {
  const [alice, bob] = await Promise.all([join(server.url, 'alice'), join(server.url, 'bob')]);
  const session = randomSession();
  const tickets = [await ticketFor(alice, bob.id, session), await ticketFor(bob, alice.id, session)] as const;
  await Promise.all([alice.close(), bob.close()]);
  const secret = await importSecret(new Uint8Array(32).fill(1));
  const open = async (ticket: string, role: Role) =>
    openSecureLink(await openRelayLink(relayUrl(server.url, ticket)), { secret, room: 'room', role });
  const [a, b] = await Promise.all([open(tickets[0], 'initiator'), open(tickets[1], 'responder')]);
  for (const link of [a, b]) link.probe();
  // Asked anew, since the first measure may be that of the carrier.
  await expect.poll(() => a.rttMs !== null && b.rttMs !== null && !a.isSuspect && !b.isSuspect).toBe(true);
  sockets[1]?.pause();
  a.probe();
  expect(a.isSuspect).toBe(false);
  await expect.poll(() => a.isSuspect).toBe(true);
  sockets[1]?.resume();
  await expect.poll(() => a.isSuspect).toBe(false);
  a.close('bye');
  expect(await b.closed).toBe('bye');
});
