import type { Logger } from 'pino';
import type { Backplane, Budget } from './backplane/backplane.ts';
import type { Config } from './config.ts';
import { CLOSE_CODES, type FacadeSocket } from './facade-socket.ts';
import { type IceConfig, mintIceServers } from './ice-servers.ts';
import type { Counts } from './metrics/counts.ts';
import type { RelaySide, ServiceAnswer, ServiceRefusalCode, ServiceRequest } from './protocol.ts';
import type { Relay } from './relay/relay.ts';
import { type RelayTickets, relayRoomOf } from './relay/relay-tickets.ts';

const MINUTE_MS = 60_000;

export type ServiceConfig = IceConfig &
  Pick<Config, 'iceServersPerIdPerMinute' | 'iceServersPerAddressPerMinute' | 'relayTicketsPerIdPerMinute'>;

export interface ServiceParts {
  readonly backplane: Backplane;
  readonly tickets: RelayTickets;
  /** Undefined where there is none. */
  readonly relay: Pick<Relay, 'isFull' | 'isSpent'> | undefined;
  readonly config: ServiceConfig;
  readonly counts: Counts;
  readonly log: Logger;
}

type TicketRequest = Extract<ServiceRequest, { type: 'relay-ticket' }>;

/** Tells sockets whose id is proven about the paths there are to a peer: that this server answers, STUN and TURN, the relay. */
export class ServiceDesk {
  readonly #config: ServiceConfig;
  readonly #tickets: RelayTickets;
  readonly #relay: Pick<Relay, 'isFull' | 'isSpent'> | undefined;
  readonly #mints: Budget;
  readonly #mintsByAddress: Budget;
  readonly #ticketsTaken: Budget;
  readonly #counts: Counts;
  readonly #log: Logger;

  constructor({ backplane, config, counts, tickets, relay, log }: ServiceParts) {
    this.#config = config;
    this.#tickets = tickets;
    this.#relay = relay;
    this.#mints = backplane.budget('ice-servers', config.iceServersPerIdPerMinute, MINUTE_MS);
    this.#mintsByAddress = backplane.budget('ice-servers-address', config.iceServersPerAddressPerMinute, MINUTE_MS);
    this.#ticketsTaken = backplane.budget('relay-tickets', config.relayTicketsPerIdPerMinute, MINUTE_MS);
    this.#counts = counts;
    this.#log = log;
  }

  /** Answers a request on its socket. Answers to several may come in another order. */
  handle(client: FacadeSocket, request: ServiceRequest): void {
    const { n } = request;
    // At once, as its time is measured.
    if (request.type === 'ping') return client.send(JSON.stringify({ type: 'pong', n } satisfies ServiceAnswer));
    if (request.type === 'relay-ticket' && sideOf(client.id, request) === undefined) {
      this.#counts.cutClients.add('message refused');
      return client.close(CLOSE_CODES.policy, 'message refused');
    }
    const answer = request.type === 'ice-servers' ? this.#iceServers(client, n) : this.#ticket(client, request);
    answer
      .catch((error: unknown) => {
        this.#log.error({ kind: error instanceof Error ? error.name : typeof error }, 'service request failed');
        return refused(n, 'busy');
      })
      .then((answer) => {
        this.#count(answer);
        client.send(JSON.stringify(answer));
      });
  }

  #count(answer: ServiceAnswer): void {
    if (answer.type === 'ice-servers') this.#counts.iceLists++;
    else if (answer.type === 'relay-ticket') this.#counts.relayTickets++;
    else if (answer.type === 'refused') this.#counts.refusedRequests.add(answer.code);
  }

  async #iceServers({ id, address }: FacadeSocket, n: number): Promise<ServiceAnswer> {
    if (!(await this.#mints.take(id))) return refused(n, 'too-many');
    if (!(await this.#mintsByAddress.take(address))) return refused(n, 'too-many');
    return { type: 'ice-servers', n, iceServers: mintIceServers(this.#config, id), ttlMs: this.#config.turnTtlMs };
  }

  async #ticket({ id, address }: FacadeSocket, request: TicketRequest): Promise<ServiceAnswer> {
    const { n, peer, session } = request;
    const side = sideOf(id, request);
    if (!this.#relay || side === undefined) return refused(n, 'off');
    // A room in which this client may send nothing is of no use to either side.
    if (this.#relay.isFull || (await this.#relay.isSpent(address))) return refused(n, 'busy');
    if (!(await this.#ticketsTaken.take(id))) return refused(n, 'too-many');
    const room = relayRoomOf(id, peer, session);
    return { type: 'relay-ticket', n, room, ticket: this.#tickets.mint(room, side), ttlMs: this.#tickets.ttlMs };
  }
}

/** The asker's own side follows from the two ids; in a room with itself it says which one it means. Undefined for anything else. */
function sideOf(id: string, { peer, side }: TicketRequest): RelaySide | undefined {
  if (peer === id) return side;
  if (side !== undefined) return undefined;
  return id < peer ? 0 : 1;
}

function refused(n: number, code: ServiceRefusalCode): ServiceAnswer {
  return { type: 'refused', n, code };
}
