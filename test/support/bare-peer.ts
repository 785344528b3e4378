import type { AddressInfo } from 'node:net';
import { PeerServer } from 'peer';

// `peer` as its documentation shows it: what the hostile clients of the tests must be able to kill.
PeerServer({ host: '127.0.0.1', port: 0 }, (server) => {
  const address: AddressInfo | string | null = server.address();
  if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
});
