import { type DataConnection, Peer } from 'peerjs';

/* What runs in pages of the plain attack: two honest PeerJS peers as its documentation shows them, and the one in the middle. */

const plain = {
  heard: [] as unknown[],
  connection: null as DataConnection | null,

  /** Is there under an id, and keeps what it hears. */
  open: (serverUrl: string, id: string): Promise<void> => {
    const { hostname, port } = new URL(serverUrl);
    const peer = new Peer(id, { host: hostname, port: Number(port), secure: false, config: { iceServers: [] } });
    peer.on('connection', (connection) => connection.on('data', (data) => plain.heard.push(data)));
    Object.assign(plain, { dial: (dst: string) => peer.connect(dst, { reliable: true, serialization: 'raw' }) });
    return new Promise((resolve) => peer.on('open', () => resolve()));
  },
  dial: null as ((dst: string) => DataConnection) | null,

  say: (dst: string, text: string): Promise<void> => {
    const connection = plain.dial?.(dst);
    if (!connection) throw new Error('not open');
    return new Promise((resolve) => {
      connection.on('open', () => {
        void connection.send(text);
        resolve();
      });
    });
  },
};

/** A description with all its candidates, so that none has to be sent after it. */
async function complete(connection: RTCPeerConnection): Promise<string> {
  await connection.setLocalDescription();
  if (connection.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      connection.addEventListener('icegatheringstatechange', () => {
        if (connection.iceGatheringState === 'complete') resolve();
      });
    });
  }
  return connection.localDescription?.sdp ?? '';
}

const middle = {
  /** What the two said to each other. */
  read: [] as string[],
  toCallee: null as RTCPeerConnection | null,

  /** Answers an offer in the callee's place, and makes one of its own to the callee. Every text is altered on its way. */
  take: async (sdp: string, label: string): Promise<{ answer: string; offer: string }> => {
    const [toCaller, toCallee] = [new RTCPeerConnection(), new RTCPeerConnection()];
    const onward = toCallee.createDataChannel(label, { ordered: true });
    const opened = new Promise<void>((resolve) => onward.addEventListener('open', () => resolve()));
    toCaller.addEventListener('datachannel', ({ channel }) => {
      channel.addEventListener('message', async ({ data }) => {
        middle.read.push(String(data));
        await opened;
        onward.send(`${data} (altered)`);
      });
    });
    middle.toCallee = toCallee;
    await toCaller.setRemoteDescription({ type: 'offer', sdp });
    const [answer, offer] = await Promise.all([complete(toCaller), complete(toCallee)]);
    return { answer, offer };
  },

  /** The callee has answered. */
  finish: (sdp: string) => middle.toCallee?.setRemoteDescription({ type: 'answer', sdp }),
};

declare global {
  var plainPeer: typeof plain;
  var inTheMiddle: typeof middle;
}
globalThis.plainPeer = plain;
globalThis.inTheMiddle = middle;
