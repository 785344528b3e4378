import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import { openRelayLink } from '../../extension/core/link/relay-link.ts';
import { openSecureLink } from '../../extension/core/link/secure-link.ts';
import { linkContract, runLinkCase } from '../contracts/link.ts';
import { type RelayPipe, startRelayPipe } from '../support/relay-pipe.ts';

let relay: RelayPipe;
beforeAll(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  relay = await startRelayPipe();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await relay.close();
});

async function open() {
  const [a, b] = await Promise.all([openRelayLink(relay.url), openRelayLink(relay.url)]);
  const end = () => {
    a.close('replaced');
    b.close('replaced');
  };
  return { a, b, end };
}

async function openSealed() {
  const inner = await open();
  const secret = await importSecret(new Uint8Array(32).fill(1));
  const [a, b] = await Promise.all([
    openSecureLink(inner.a, { secret, room: 'room', role: 'initiator' }),
    openSecureLink(inner.b, { secret, room: 'room', role: 'responder' }),
  ]);
  const end = () => {
    a.close('replaced');
    b.close('replaced');
  };
  return { a, b, end };
}

describe('the relay link keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) test(name, () => runLinkCase(name, open));
});

describe('the secure link over the relay link keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) test(name, () => runLinkCase(name, openSealed));
});
