import { expect, test } from 'vitest';
import { idOf } from '../support/device.ts';
import { join, offer } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

const CLIENTS = 1000;
const DIALLED_AT_ONCE = 50;

test('1,000 clients connect and each hears from its neighbour', async () => {
  const room = String(CLIENTS * 2);
  const server = await startServerProcess({ SOCKETS_PER_ADDRESS: room, CONNECTS_PER_ADDRESS_PER_MINUTE: room });
  const clients: Awaited<ReturnType<typeof join>>[] = [];
  while (clients.length < CLIENTS) {
    const batch = Array.from({ length: DIALLED_AT_ONCE }, (_, n) => join(server.url, `client-${clients.length + n}`));
    clients.push(...(await Promise.all(batch)));
  }
  clients.forEach((client, n) => {
    client.send(offer(idOf(`client-${(n + 1) % CLIENTS}`), { n }));
  });
  const heard = await Promise.all(clients.map((client) => client.next()));
  heard.forEach((message, receiver) => {
    const n = (receiver + CLIENTS - 1) % CLIENTS;
    expect(message).toEqual({
      type: 'OFFER',
      src: idOf(`client-${n}`),
      dst: idOf(`client-${receiver}`),
      payload: { n },
    });
  });
  await server.stop();
});
