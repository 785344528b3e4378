import { createSocket, type Socket } from 'node:dgram';
import type { Signal } from '../../../extension/core/protocol/messages.ts';

/** Host candidate lines (RFC 8839): `candidate:foundation component udp priority address port typ host …`. */
const UDP_HOST_CANDIDATE = /^(candidate:\S+ \d+ udp \d+ )(\d+\.\d+\.\d+\.\d+) (\d+)( typ host.*)$/;

/** A network between two browsers that a test can cut: every address they tell each other is one of ours. */
export interface ProxyNetwork {
  /** Sends a candidate on with an address that leads to the same socket through this network; null for one it can't carry. */
  reroute(signal: Signal): Promise<Signal | null>;
  /** Kills every way through it for good. Ways made later work. */
  cut(): void;
  close(): void;
}

export function createProxyNetwork(): ProxyNetwork {
  let open: { cut: boolean; readonly sockets: Socket[] }[] = [];

  async function forward(address: string, port: number): Promise<number> {
    const way = { cut: false, sockets: [] as Socket[] };
    open.push(way);
    const outside = await bind(way.sockets);
    const insides = new Map<string, Promise<Socket>>();
    outside.on('message', async (packet, from) => {
      if (way.cut) return;
      const key = `${from.address}:${from.port}`;
      const inside = insides.get(key) ?? bind(way.sockets);
      if (!insides.has(key)) {
        insides.set(key, inside);
        (await inside).on('message', (reply) => {
          if (!way.cut) outside.send(reply, from.port, from.address);
        });
      }
      const socket = await inside;
      // It may have ended meanwhile.
      if (!way.cut) socket.send(packet, port, address);
    });
    return outside.address().port;
  }

  return {
    reroute: async (signal) => {
      if (signal.kind === 'description' || signal.candidate === null) return signal;
      const [, head, address, port, tail] = UDP_HOST_CANDIDATE.exec(signal.candidate.candidate) ?? [];
      if (!head || !address || !port || !tail) return null;
      const candidate = `${head}127.0.0.1 ${await forward(address, Number(port))}${tail}`;
      return { ...signal, candidate: { ...signal.candidate, candidate } };
    },
    cut: () => {
      for (const way of open) way.cut = true;
    },
    close: () => {
      for (const way of open) {
        way.cut = true;
        for (const socket of way.sockets) socket.close();
      }
      open = [];
    },
  };
}

function bind(sockets: Socket[]): Promise<Socket> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  // A browser that has closed its socket answers with "port unreachable".
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)));
}
