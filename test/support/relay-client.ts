import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { RELAY_JOINED } from '../../peer-server/protocol.ts';
import { type Closed, headersOf, join, type RawClient, type RawClientOptions } from './raw-client.ts';

export function relayUrl(serverUrl: string, ticket: string): string {
  return `${serverUrl.replace('http', 'ws')}/relay?ticket=${ticket}`;
}

export function randomSession(): string {
  return randomBytes(8).toString('base64url');
}

/** Asks for a ticket on the signalling socket of its owner, who takes no other messages meanwhile. */
export async function ticketFor(client: RawClient, peer: string, session: string, side?: 0 | 1): Promise<string> {
  client.send({ type: 'relay-ticket', n: 1, peer, session, ...(side !== undefined && { side }) });
  const { ticket, ...answer } = await client.next();
  if (typeof ticket !== 'string') throw new Error(`${client.id}: ${JSON.stringify(answer)} instead of a ticket`);
  return ticket;
}

/** One side of a relay room that can do anything. */
export class RelayClient {
  readonly socket: WebSocket;
  /** The upgrade's HTTP status where it was refused, else undefined. */
  readonly refused: Promise<number | undefined>;
  /** Both sides are there. Rejects when the connection ends first. */
  readonly joined: Promise<void>;
  readonly closed: Promise<Closed>;
  readonly #inbox: Buffer[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(serverUrl: string, ticket: string, options: RawClientOptions = {}) {
    this.socket = new WebSocket(relayUrl(serverUrl, ticket), { headers: headersOf(options), perMessageDeflate: false });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake?.();
        resolve({ code, reason: reason.toString() });
      });
    });
    this.joined = new Promise((resolve, reject) => {
      this.socket.on('message', (data: Buffer, isBinary) => {
        if (!isBinary && data.toString() === RELAY_JOINED) return resolve();
        if (!isBinary) return reject(new Error(`the relay said ${data}`));
        this.#inbox.push(data);
        this.#wake?.();
      });
      this.closed.then(({ code }) => reject(new Error(`closed with ${code} before both sides were there`)));
    });
    this.joined.catch(() => undefined);
    const opened = new Promise<undefined>((resolve) => this.socket.on('open', () => resolve(undefined)));
    const refusal = new Promise<number | undefined>((resolve) => {
      this.socket.on('unexpected-response', (_, response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
    this.refused = Promise.race([opened, refusal, this.closed.then(() => 0)]);
  }

  send(data: Buffer | string): void {
    this.socket.send(data);
  }

  /** The oldest frame that wasn't taken yet. @throws Error when the connection ends first. */
  async next(): Promise<Buffer> {
    for (;;) {
      const frame = this.#inbox.shift();
      if (frame) return frame;
      if (this.#isClosed) throw new Error('closed while waiting for a frame');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Closes in good order. */
  close(): Promise<Closed> {
    this.socket.close();
    return this.closed;
  }
}

export interface RelayPairOptions {
  readonly session?: string;
  /** Who the two are. */
  readonly names?: readonly [string, string];
  /** X-Forwarded-For of each on the relay, to a server that trusts us as a proxy. */
  readonly addresses?: readonly [string, string];
}

/** Signs two devices in, gets each a ticket and joins both in their room. */
export async function relayPair(
  serverUrl: string,
  options: RelayPairOptions = {},
): Promise<[RelayClient, RelayClient]> {
  const { session = randomSession(), names = ['alice', 'bob'], addresses } = options;
  const [alice, bob] = await Promise.all([
    join(serverUrl, names[0], { ...(addresses && { address: addresses[0] }) }),
    join(serverUrl, names[1], { ...(addresses && { address: addresses[1] }) }),
  ]);
  const [first, second] = await Promise.all([ticketFor(alice, bob.id, session), ticketFor(bob, alice.id, session)]);
  await Promise.all([alice.close(), bob.close()]);
  const pair: [RelayClient, RelayClient] = [
    new RelayClient(serverUrl, first, { ...(addresses && { address: addresses[0] }) }),
    new RelayClient(serverUrl, second, { ...(addresses && { address: addresses[1] }) }),
  ];
  await Promise.all(pair.map((side) => side.joined));
  return pair;
}
