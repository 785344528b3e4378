/** How often each of a few names came up since the start. */
export class Tally<Name extends string> {
  readonly #counts = new Map<Name, number>();

  add(name: Name): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  entries(): Iterable<[Name, number]> {
    return this.#counts;
  }
}

/** What has happened on this server since its start. All names are fixed: no id, address or room can become one. */
export class Counts {
  readonly refusedUpgrades = new Tally<string>();
  readonly cutClients = new Tally<string>();
  readonly messages = new Tally<string>();
  readonly refusedRequests = new Tally<string>();
  /** Lists of ICE servers that were handed out. */
  iceLists = 0;
  relayTickets = 0;
  readonly relayRoomsEnded = new Tally<string>();
  relayFrames = 0;
  relayBytes = 0;
  /** How often somebody wasn't read for a while, because the other side was slower. */
  relayStalls = 0;
}

/** How many there are at this moment. */
export interface Levels {
  readonly clients: number;
  readonly relaySockets: number;
  readonly relayRooms: { readonly waiting: number; readonly joined: number };
}
