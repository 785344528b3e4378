import { DirectLink } from '../../../extension/core/link/direct-link.ts';
import { newId } from '../../../extension/core/shared/ids.ts';
import { Broker } from '../../../extension/core/signalling/broker.ts';
import { parseServerAddress } from '../../../extension/core/signalling/server-address.ts';
import { type LinkPair, runLinkCase } from '../../contracts/link.ts';

/** Two PeerJS peers of this page, introduced by a real server, with our link over them. */
async function openPair(serverUrl: string): Promise<LinkPair> {
  const address = parseServerAddress(serverUrl);
  const broker = () => new Broker({ address, id: newId(), token: newId(), iceServers: [], knows: () => true });
  const [alice, bob] = [broker(), broker()];
  await Promise.all([online(alice), online(bob)]);
  const incoming = new Promise<DirectLink>((resolve) => {
    bob.onConnection((connection) => resolve(new DirectLink(connection, { dialled: false, iceServers: [] })));
  });
  const connection = alice.connect(bob.id);
  if (!connection) throw new Error('the broker is not online');
  const a = new DirectLink(connection, { dialled: true, iceServers: [] });
  const b = await incoming;
  await Promise.all([a.ready(20_000), b.ready(20_000)]);
  const end = () => {
    a.close('replaced');
    b.close('replaced');
    alice.close();
    bob.close();
  };
  return { a, b, end };
}

function online(broker: Broker): Promise<void> {
  return new Promise((resolve) => {
    const stop = broker.status.subscribe((status) => {
      if (status !== 'online') return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

const lab = {
  openPair,
  run: (name: string, serverUrl: string) => runLinkCase(name, () => openPair(serverUrl)),
};

declare global {
  var linkLab: typeof lab;
}
globalThis.linkLab = lab;
