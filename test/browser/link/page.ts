import { type DeviceKeys, makeDeviceKeys, openDeviceKeys } from '../../../extension/core/crypto/device-keys.ts';
import { Opener, Sealer } from '../../../extension/core/crypto/seal.ts';
import { DirectLink } from '../../../extension/core/link/direct-link.ts';
import { utf8 } from '../../../extension/core/shared/bytes.ts';
import { Broker } from '../../../extension/core/signalling/broker.ts';
import { ServerAccess } from '../../../extension/core/signalling/server-access.ts';
import { parseServerAddress } from '../../../extension/core/signalling/server-address.ts';
import { type LinkPair, runLinkCase } from '../../contracts/link.ts';

/** Every PeerConnection of this page, the newest last. */
const connections: RTCPeerConnection[] = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

/** For two busy cores. */
const READY_LIMIT_MS = 60_000;

interface RealPair extends LinkPair {
  /** Has `a` say this to the link at the other end. */
  say(message: object): void;
}

/** Two PeerJS peers of this page, introduced by a real server through sealed signalling, with our link over them. */
async function openPair(serverUrl: string): Promise<RealPair> {
  const address = parseServerAddress(serverUrl);
  const keys = await Promise.all([device(), device()]);
  const [forward, back] = [crypto.getRandomValues(new Uint8Array(32)), crypto.getRandomValues(new Uint8Array(32))];
  const session = crypto.getRandomValues(new Uint8Array(8));
  const join = (self: DeviceKeys, other: DeviceKeys, send: Uint8Array, receive: Uint8Array) => {
    const sealer = new Sealer({ key: send, session, src: self.id, dst: other.id });
    const opener = new Opener({ key: receive, session, src: other.id, dst: self.id });
    const nothing = () => {};
    const options = { address, keys: self, stockToken: '', wasOurs: true, onOurs: nothing, onProblem: nothing };
    const access = new ServerAccess(options);
    const broker = new Broker({
      address,
      id: self.id,
      token: () => access.token(),
      canPing: () => false,
      iceServers: () => [],
      seal: (_, message) => sealer.seal(message),
    });
    broker.onSealed((src, payload) => broker.deliver(src, opener.open(payload)));
    return broker;
  };
  const alice = join(keys[0], keys[1], forward, back);
  const bob = join(keys[1], keys[0], back, forward);
  await Promise.all([online(alice), online(bob)]);
  const incoming = new Promise<DirectLink>((resolve) => {
    bob.onConnection((connection) =>
      resolve(new DirectLink(connection, { dialled: false, iceServers: () => [], onDoubt: () => {} })),
    );
  });
  const connection = alice.connect(bob.id);
  if (!connection) throw new Error('the broker is not online');
  const a = new DirectLink(connection, { dialled: true, iceServers: () => [], onDoubt: () => {} });
  const b = await incoming;
  await Promise.all([a.ready(READY_LIMIT_MS), b.ready(READY_LIMIT_MS)]);
  const end = () => {
    a.close('replaced');
    b.close('replaced');
    alice.close();
    bob.close();
  };
  const say = (message: object) => connection.dataChannel.send(utf8.encode(JSON.stringify(message)));
  return { a, b, end, say };
}

const device = async () => openDeviceKeys(await makeDeviceKeys());

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
  connections,
  run: (name: string, serverUrl: string) => runLinkCase(name, () => openPair(serverUrl)),
};

declare global {
  var linkLab: typeof lab;
}
globalThis.linkLab = lab;
