import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { socketTokenInput } from '../../peer-server/protocol.ts';
import { device } from './device.ts';

/** A message as the server sends it. */
export interface ServerMessage {
  readonly type: string;
  readonly src?: string;
  readonly dst?: string;
  readonly payload?: unknown;
  /** Answers of the nameplate desk have more. */
  readonly [field: string]: unknown;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** An upgrade that was refused. */
export interface Refusal {
  readonly status: number;
  /** By the Date header. */
  readonly date: string | undefined;
  readonly body: string;
}

export interface RawClientOptions {
  /** Instead of a fresh one signed by the device, or of the stock client's own. */
  readonly token?: string;
  /** A PeerJS client that knows nothing of us: the name is its id, and it signs nothing. */
  readonly stock?: boolean;
  /** Sent as X-Forwarded-For: who we are to a server that trusts us as a proxy. */
  readonly address?: string;
  readonly origin?: string;
}

export function peerUrl(serverUrl: string, id: string, token: string): string {
  return `${serverUrl.replace('http', 'ws')}/peerjs?key=peerjs&id=${id}&token=${token}&version=1.5.5`;
}

export function headersOf({ address, origin }: RawClientOptions): Record<string, string> {
  return { ...(address && { 'X-Forwarded-For': address }), ...(origin && { Origin: origin }) };
}

const usedTimes = new Set<string>();
/** A device's clock: now, and never the same twice, as every token is used up by its time. */
function freshTimeMs(name: string): number {
  let timeMs = Date.now();
  while (usedTimes.has(`${name} ${timeMs}`)) timeMs++;
  usedTimes.add(`${name} ${timeMs}`);
  return timeMs;
}

export interface TokenParts {
  readonly host: string;
  readonly id?: string;
  readonly timeMs?: number;
}

/** A token signed by the device of that name; `id` and `timeMs` are its own and now unless another is claimed. */
export function signedToken(name: string, { host, id, timeMs = freshTimeMs(name) }: TokenParts): string {
  const { publicKey, sign, id: ownId } = device(name);
  return `${publicKey}.${timeMs}.${sign(socketTokenInput(host, id ?? ownId, timeMs))}`;
}

/** Id and token that the client of that name would dial with. */
function credentials(serverUrl: string, name: string, { stock, token }: RawClientOptions): [id: string, token: string] {
  if (stock) return [name, token ?? `token-of-${name}`];
  return [device(name).id, token ?? signedToken(name, { host: new URL(serverUrl).host })];
}

/** A client of the signalling protocol that can say anything. */
export class RawClient {
  readonly id: string;
  /** The upgrade's HTTP status where it was refused, else undefined; settles with `opened`. */
  readonly refused: Promise<number | undefined>;
  /** More about it. */
  readonly refusal: Promise<Refusal>;
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #inbox: ServerMessage[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(url: string, id: string, options: ClientOptions) {
    this.id = id;
    this.#socket = new WebSocket(url, options);
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data) => {
      const message: ServerMessage = JSON.parse(data.toString());
      this.#inbox.push(message);
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake?.();
        resolve({ code, reason: reason.toString() });
      });
    });
    this.refusal = new Promise((resolve) => {
      this.#socket.on('unexpected-response', async (_, response) => {
        let body = '';
        response.on('error', () => undefined);
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode ?? 0, date: response.headers.date, body });
      });
    });
    const refusedWith = this.refusal.then(({ status }) => status);
    const opened = new Promise<undefined>((resolve) => this.#socket.on('open', () => resolve(undefined)));
    this.refused = Promise.race([opened, refusedWith, this.closed.then(() => 0)]);
  }

  /** Sends an object as JSON, text and bytes as they are. */
  send(message: object | string): void {
    this.#socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  ping(): void {
    this.#socket.ping();
  }

  /** The oldest message that wasn't taken yet. @throws Error when the connection ends first. */
  async next(): Promise<ServerMessage> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message) return message;
      if (this.#isClosed) throw new Error(`${this.id}: closed while waiting for a message`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends a message to itself and returns what arrived before it: then the server has handled everything sent so far. */
  async flush(): Promise<ServerMessage[]> {
    const mark = `mark-${performance.now()}`;
    this.send(offer(this.id, { mark }));
    const before: ServerMessage[] = [];
    for (;;) {
      const message = await this.next();
      if (message.src === this.id && JSON.stringify(message.payload) === JSON.stringify({ mark })) return before;
      before.push(message);
    }
  }

  /** Stops reading, as a hung or hostile program does. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): Promise<Closed> {
    this.#socket.close();
    return this.closed;
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Starts to connect as the device of that name, or as a stock client, and doesn't wait. */
export function dial(serverUrl: string, name: string, options: RawClientOptions = {}): RawClient {
  const [id, token] = credentials(serverUrl, name, options);
  const url = peerUrl(serverUrl, id, token);
  return new RawClient(url, id, { headers: headersOf(options), perMessageDeflate: false });
}

/** Connects and takes the OPEN. @throws Error when it is refused or the first message is another. */
export async function join(serverUrl: string, name: string, options: RawClientOptions = {}): Promise<RawClient> {
  const client = dial(serverUrl, name, options);
  const status = await client.refused;
  if (status !== undefined) throw new Error(`${name}: upgrade refused with ${status}`);
  const first = await client.next();
  if (first.type !== 'OPEN') throw new Error(`${name}: ${first.type} instead of OPEN`);
  return client;
}

export function offer(dst: unknown, payload: unknown = { sdp: 'v=0' }) {
  return { type: 'OFFER', dst, payload };
}

/** A text frame as a client sends it, with a mask of zeros. */
function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.from([0x81, 0xfe, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/**
 * A handshake by hand, for bytes that no WebSocket library would send. Resolves when the server has accepted.
 * @param firstText sent together with the handshake, 126 characters to 64 KiB
 */
export async function joinByHand(
  serverUrl: string,
  name: string,
  options: RawClientOptions = {},
  firstText?: string,
): Promise<Socket> {
  const { host, hostname, port } = new URL(serverUrl);
  const { pathname, search } = new URL(peerUrl(serverUrl, ...credentials(serverUrl, name, options)));
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const headers = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headersOf(options),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  socket.write(firstText === undefined ? request : Buffer.concat([request, textFrame(firstText)]));
  const [answer] = await once(socket, 'data');
  if (!String(answer).startsWith('HTTP/1.1 101')) throw new Error(`${name}: not accepted`);
  return socket;
}

/** Resolves when the connection has ended, whichever way: a server that cuts it may cause a reset. */
export async function ended(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}
