import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Counts, Levels, Tally } from './counts.ts';

/** The figures of one server for Prometheus. Each is read when it is asked for, so counting costs no more than a number. */
export function createRegistry(counts: Counts, levels: () => Levels): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const gauge = (name: string, help: string, read: () => number) => {
    new Gauge({
      name: `pairwise_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  const counter = (name: string, help: string, read: () => number) => {
    new Counter({
      name: `pairwise_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  const tally = (name: string, help: string, label: string, source: Tally<string>) => {
    new Counter({
      name: `pairwise_${name}_total`,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of source.entries()) this.inc({ [label]: value }, count);
      },
    });
  };

  gauge('clients', 'Signalling sockets that are open.', () => levels().clients);
  tally('upgrades_refused', 'WebSockets that were not opened.', 'reason', counts.refusedUpgrades);
  tally('clients_cut', 'Clients disconnected for what they did.', 'reason', counts.cutClients);
  tally('messages', 'Messages taken from clients.', 'type', counts.messages);
  tally('requests_refused', 'Requests answered with a refusal.', 'code', counts.refusedRequests);
  counter('ice_lists', 'Lists of ICE servers handed out.', () => counts.iceLists);
  counter('relay_tickets', 'Relay tickets handed out.', () => counts.relayTickets);
  gauge('relay_sockets', 'Relay sockets that are open.', () => levels().relaySockets);
  gauge('relay_rooms_waiting', 'Rooms in which one side waits for the other.', () => levels().relayRooms.waiting);
  gauge('relay_rooms_joined', 'Rooms in which both sides are.', () => levels().relayRooms.joined);
  tally('relay_rooms_ended', 'Rooms that have ended, by close code.', 'code', counts.relayRoomsEnded);
  counter('relay_frames', 'Frames passed on.', () => counts.relayFrames);
  counter('relay_bytes', 'Bytes in them.', () => counts.relayBytes);
  counter('relay_stalls', 'Senders left unread for a while, as the other side was slower.', () => counts.relayStalls);
  return registry;
}
