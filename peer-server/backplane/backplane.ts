/** A client's place on the server that it is connected to. One for each socket. */
export interface Seat {
  readonly id: string;
  /** null where the client has proven that the id is its own; else what the next one must show to take the id over. */
  readonly secret: string | null;
  /** Sends text to the client. False when it is gone or has been cut off. */
  deliver(text: string): boolean;
  /** What this id sent to `dst` was given up. Called once for all that was given up together. */
  expired(dst: string): void;
  /** Another socket has the id now. */
  evicted(): void;
}

export interface RoutedMessage {
  readonly src: string;
  /** Limit key of the sender, see `ClientAddresses`. */
  readonly srcAddress: string;
  readonly dst: string;
  /** Ready to be sent to the receiver. */
  readonly text: string;
}

/**
 * Who is where, and what waits for those who aren't there yet. What one seat sends to one id arrives in the order of the calls.
 */
export interface Directory {
  /**
   * Takes the id. Whoever had it is evicted: before this resolves when its seat was registered through the same object, soon after
   * when on another node. False, changing nothing, when the id is held with another secret.
   */
  register(seat: Seat): Promise<boolean>;
  /** The client is ready: what waits for it is delivered, and from now on everything. Not if it has been evicted meanwhile. */
  announce(seat: Seat): Promise<void>;
  /** Gives the id up, if this seat still has it. What waits for it goes on waiting for the next one. */
  unregister(seat: Seat): Promise<void>;
  /**
   * Delivers to the id wherever it is, or keeps the message for a while, after which `expired` is called on the sender's seat.
   * False when it could do neither.
   */
  send(message: RoutedMessage): Promise<boolean>;
}

export interface NameplateEntry {
  readonly hostId: string;
  readonly sidH: string;
  /** The code behind it has three words. */
  readonly threeWords: boolean;
  /** Unique to the socket that opened it. */
  readonly owner: string;
}

/** Short-lived numbers that lead to a host. There is no way to list them. */
export interface Nameplates {
  /** False, changing nothing, while the number is taken. */
  open(nameplate: string, entry: NameplateEntry, ttlMs: number): Promise<boolean>;
  /** Returns the entry and removes it, for exactly one of any number of callers. With `threeWordsOnly` others stay, untouched. */
  claim(nameplate: string, options: { readonly threeWordsOnly: boolean }): Promise<NameplateEntry | undefined>;
  /** Removes it if it still is this owner's. */
  close(nameplate: string, owner: string): Promise<void>;
}

/** So many in each window of time, counted for each key. */
export interface Budget {
  /** Takes one; false when none is left in this window. */
  take(key: string): Promise<boolean>;
  /** Gives back one that was taken in vain. */
  giveBack(key: string): Promise<void>;
  /** Whether the next `take` would get none. */
  isSpent(key: string): Promise<boolean>;
}

/**
 * Everything that servers share which act as one. Each method is atomic over all nodes, and rejects only when the shared state can't be
 * reached. What one process holds for itself (open sockets, buffers, bounds on both) isn't in here.
 */
export interface Backplane {
  readonly directory: Directory;
  readonly nameplates: Nameplates;
  /** True for the first caller with this key, false for every other one within `ttlMs`. */
  useOnce(key: string, ttlMs: number): Promise<boolean>;
  /** The same name is the same budget everywhere; every node gives the same numbers. */
  budget(name: string, limit: number, windowMs: number): Budget;
  /** Forgets what waits. Its promises settle before. */
  close(): Promise<void>;
}
