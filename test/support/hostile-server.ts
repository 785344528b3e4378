import { createServer, type Server, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import { NameplateRequestSchema } from '../../peer-server/protocol.ts';

/** A message between two clients, as the server that carries it sees it. */
export interface Passing {
  readonly type: string;
  readonly src: string;
  readonly dst: string;
  readonly payload?: unknown;
}

/** Where a nameplate leads. */
export interface Host {
  readonly hostId: string;
  readonly sidH: string;
}

/** What the server does beyond its duty. Whatever is left out it does honestly. */
export interface Tricks {
  /** What is delivered instead of a message, in this order: nothing, something else, the same twice. */
  pass?(message: Passing): readonly Passing[];
  /** A client has come; it is told so right after this. */
  opened?(id: string): void;
  /** Where a claim leads; null: nowhere. */
  lead?(honest: Host | null): Host | null;
  /** What is said instead of an answer about nameplates. */
  answer?(honest: object): unknown;
}

type Insider = (message: Passing) => void;

const Forwarded = v.object({ type: v.string(), dst: v.string(), payload: v.optional(v.unknown()) });

/**
 * A signalling server in an attacker's hands. It speaks the PeerJS protocol and our nameplates, lets in whoever comes, and can read,
 * alter, drop, delay, reorder, repeat, invent and reroute everything, under any name.
 */
export class HostileServer {
  /** Everything clients ever said, the addresses that they dialled included. */
  readonly heard: string[] = [];
  /** Every message between clients, before anything is done to it. */
  readonly passed: Passing[] = [];
  tricks: Tricks = {};
  /** Ours, or one that knows nothing of Pairwise. */
  kind: 'pairwise' | 'stock' = 'pairwise';
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #clients = new Map<string, WebSocket>();
  readonly #insiders = new Map<string, Insider>();
  readonly #hosts = new Map<string, Host>();
  #lastNameplate = 1000;
  #url = '';

  private constructor() {
    this.#http = createServer((request, response) => this.#answerHttp(request.url ?? '', response));
    this.#http.on('upgrade', (request, socket, head) => {
      const { searchParams } = new URL(request.url ?? '', this.#url);
      this.heard.push(request.url ?? '');
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#join(searchParams.get('id') ?? '', client));
    });
  }

  static async start(tricks: Tricks = {}): Promise<HostileServer> {
    const server = new HostileServer();
    server.tricks = tricks;
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
    const address = server.#http.address();
    if (address === null || typeof address === 'string') throw new Error('The hostile server has no port.');
    server.#url = `http://127.0.0.1:${address.port}`;
    return server;
  }

  get url(): string {
    return this.#url;
  }

  isHere(id: string): boolean {
    return this.#clients.has(id);
  }

  /** The host that showed a code last. */
  get newestHost(): Host | undefined {
    return [...this.#hosts.values()].at(-1);
  }

  /** Somebody without a socket, inside the server: what is for this id goes to `receive`. */
  hide(id: string, receive: Insider): void {
    this.#insiders.set(id, receive);
  }

  /** Delivers a message to its `dst`, whoever it says it is from. An absent one is told to the sender. */
  deliver(message: Passing): void {
    const insider = this.#insiders.get(message.dst);
    if (insider) return insider(message);
    if (this.#clients.has(message.dst)) return this.say(message.dst, JSON.stringify(message));
    this.say(message.src, JSON.stringify({ type: 'EXPIRE', src: message.dst, dst: message.src }));
  }

  /** Says anything at all to a client. */
  say(id: string, data: string | Uint8Array): void {
    this.#clients.get(id)?.send(data);
  }

  /** Cuts every socket. */
  cut(): void {
    for (const client of this.#clients.values()) client.terminate();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  #answerHttp(url: string, response: ServerResponse): void {
    this.heard.push(url);
    const isInfo = this.kind === 'pairwise' && url.startsWith('/pairwise');
    const isId = this.kind === 'stock' && url.startsWith('/peerjs/id');
    const info = { pairwise: 1, version: '0', timeMs: Date.now(), features: ['tokens', 'nameplates'] };
    const text = isInfo ? JSON.stringify(info) : isId ? 'an-id' : null;
    response.writeHead(text ? 200 : 404, text ? { 'Access-Control-Allow-Origin': '*' } : {}).end(text);
  }

  #join(id: string, client: WebSocket): void {
    this.#clients.get(id)?.terminate();
    this.#clients.set(id, client);
    client.on('error', () => client.terminate());
    client.on('close', () => {
      if (this.#clients.get(id) === client) this.#clients.delete(id);
    });
    client.on('message', (data) => this.#receive(id, String(data)));
    this.tricks.opened?.(id);
    client.send(JSON.stringify({ type: 'OPEN' }));
  }

  #receive(src: string, text: string): void {
    this.heard.push(text);
    const said: unknown = JSON.parse(text);
    const request = v.safeParse(NameplateRequestSchema, said);
    if (request.success) return this.#answer(src, request.output);
    const forwarded = v.safeParse(Forwarded, said);
    if (!forwarded.success) return;
    const message = { ...forwarded.output, src };
    this.passed.push(message);
    for (const one of this.tricks.pass?.(message) ?? [message]) this.deliver(one);
  }

  #answer(id: string, request: v.InferOutput<typeof NameplateRequestSchema>): void {
    const honest = this.#honestAnswer(id, request);
    const answer = this.tricks.answer ? this.tricks.answer(honest) : honest;
    this.say(id, typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  #honestAnswer(id: string, request: v.InferOutput<typeof NameplateRequestSchema>): object {
    const { n } = request;
    if (request.type === 'nameplate-close') return { type: 'nameplate-closed', n };
    if (request.type === 'nameplate-open') {
      const nameplate = String(++this.#lastNameplate);
      this.#hosts.set(nameplate, { hostId: id, sidH: request.sidH });
      return { type: 'nameplate-opened', n, nameplate, ttlMs: 300_000, threeWords: false };
    }
    const found = this.#hosts.get(request.nameplate) ?? null;
    const host = this.tricks.lead ? this.tricks.lead(found) : found;
    return host ? { type: 'nameplate-claimed', n, ...host } : { type: 'nameplate-refused', n, code: 'unknown' };
  }
}
