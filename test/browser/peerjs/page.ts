import { Peer } from 'peerjs';

/** Plain PeerJS, as Broker finds it. */
function plain(url: string, token = 'token'): Peer {
  const { hostname, port } = new URL(url);
  const id = `p${Math.random().toString(36).slice(2)}`;
  return new Peer(id, {
    host: hostname,
    port: Number(port),
    path: '/',
    secure: false,
    token,
    config: { iceServers: [] },
  });
}

const opened = (peer: Peer) => new Promise<void>((resolve) => peer.on('open', () => resolve()));

interface Said {
  dst: string;
  type: string;
  payload: Record<string, unknown>;
}

async function offerOf(url: string): Promise<Said> {
  const [offer] = await lab.dial(url);
  if (!offer) throw new Error('no offer');
  return offer;
}

const lab = {
  socket: async (url: string) => {
    const peer = plain(url);
    const seen = { handlers: peer.socket.listeners('message').length, canSend: typeof peer.socket.send === 'function' };
    peer.destroy();
    return seen;
  },

  /** What PeerJS says when it dials somebody, until the candidates are through. */
  dial: async (url: string): Promise<Said[]> => {
    const peer = plain(url);
    await opened(peer);
    const said: Said[] = [];
    const gathered = new Promise<void>((resolve) => {
      peer.socket.send = (data: Said) => {
        said.push(JSON.parse(JSON.stringify(data)) as Said);
        if (said.some(({ type }) => type === 'OFFER') && said.some(({ type }) => type === 'CANDIDATE')) resolve();
      };
    });
    peer.connect('nobody', { label: 'pairwise', reliable: true, serialization: 'raw' });
    await gathered;
    peer.destroy();
    return said;
  },

  offers: async (url: string) => {
    const offer = { ...(await offerOf(url)), src: 'somebody' };
    const peer = plain(url);
    await opened(peer);
    let connections = 0;
    peer.on('connection', () => connections++);
    const handlers = peer.socket.listeners('message');
    peer.socket.removeAllListeners('message');
    peer.socket.emit('message', offer);
    const withoutHandler = connections;
    for (const handle of handlers) handle.call(peer.socket, offer);
    const withHandler = connections;
    peer.destroy();
    return { withoutHandler, withHandler };
  },

  tokens: async (url: string) => {
    const seen: string[] = [];
    const Native = WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        seen.push(new URL(address).searchParams.get('token') ?? '');
      }
    };
    try {
      const peer = plain(url, 'first');
      await opened(peer);
      peer.disconnect();
      peer.options.token = 'second';
      peer.reconnect();
      peer.destroy();
    } finally {
      globalThis.WebSocket = Native;
    }
    return seen;
  },

  channels: async (url: string) => {
    const peer = plain(url);
    await opened(peer);
    const connection = peer.connect('nobody', { reliable: true, serialization: 'raw' });
    const channel = connection.peerConnection.createDataChannel('control', { negotiated: true, id: 100 });
    const state = channel.readyState;
    peer.destroy();
    return state;
  },
};

declare global {
  var peerjsLab: typeof lab;
}
globalThis.peerjsLab = lab;
