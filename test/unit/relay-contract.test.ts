import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { linkContract, runLinkCase } from '../contracts/link.ts';
import { openRelayPair, openSealedPair, type RelayPipe, startRelayPipe } from '../support/relay-pipe.ts';

let relay: RelayPipe;
beforeAll(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  relay = await startRelayPipe();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await relay.close();
});

describe('the relay link keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) test(name, () => runLinkCase(name, () => openRelayPair(relay)));
});

describe('the secure link over the relay link keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) test(name, () => runLinkCase(name, () => openSealedPair(relay)));
});
