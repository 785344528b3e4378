/** A line and the two computers at its ends. */
export interface LineOptions {
  bytesPerSecond: number;
  /** One way. */
  delayMs: number;
  /** What waits in front of the slowest part; more is dropped. */
  queueBytes: number;
  /** Share of the packets that get lost, 0 to 1. */
  loss?: number;
  /** How late the receiver is at this time, in ms: its timers, and its look at what has arrived. */
  lateMs?(nowMs: number): number;
}

/** What decides how much is under way. */
export interface Sender {
  readonly chunkBytes: number;
  canSend(bytes: number): boolean;
  sent(bytes: number): void;
  acknowledged(receivedBytes: number): boolean;
}

interface Packet {
  readonly number: number;
  /** Resent packets keep their number and get a new order. */
  order: number;
  state: 'waiting' | 'flying' | 'acked' | 'lost';
}

const isFlying = ({ packet, order }: { packet: Packet; order: number }) =>
  packet.state === 'flying' && packet.order === order;

const PAYLOAD_BYTES = 1_150;
const PACKET_BYTES = 1_250;
const FIRST_WINDOW_PACKETS = 10;
/** A packet counts as lost when so many that were sent after it have arrived. */
const REORDERING = 3;
const TIMEOUT_MS = 400;
/** When the receiver says how much it has. */
const ACK_BYTES = 128 * 1024;
const ACK_MS = 15;

/**
 * A data channel over a line, as a simulation in steps of events: packets, a queue that drops, a transport that halves its window after
 * a loss and delivers in order, and a receiver that acknowledges what has arrived. The same each time.
 */
export class SimulatedLine {
  nowMs = 0;
  deliveredBytes = 0;
  droppedPackets = 0;
  readonly #options: LineOptions;
  readonly #events: { atMs: number; order: number; act(): void }[] = [];
  #scheduled = 0;
  #random = 1;
  #sender: Sender | undefined;
  /** Ends of the frames, in bytes since the start, that have not arrived. */
  readonly #frameEnds: number[] = [];
  readonly #packets: Packet[] = [];
  #writtenBytes = 0;
  #firstUnsent = 0;
  /** In the order in which they went out; those that have arrived, or went out again, among them. */
  readonly #flights: { readonly packet: Packet; readonly order: number }[] = [];
  readonly #lost: Packet[] = [];
  #orders = 0;
  #flying = 0;
  #cwnd = FIRST_WINDOW_PACKETS;
  #ssthresh = Number.POSITIVE_INFINITY;
  #recoverUntilOrder = -1;
  #hasMore = true;
  #lastSentAtMs = 0;
  #isWatched = false;
  #busyUntilMs = 0;
  readonly #arrived = new Set<number>();
  #inOrder = 0;
  #ackedBytes = 0;
  #ackTimerAtMs: number | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Lets this sender send as much as it allows itself, from now on. */
  start(sender: Sender): void {
    this.#sender = sender;
    this.#at(0, () => this.#pull());
  }

  /** Whether there is more to send than the sender lets go; at first there is. */
  set hasMore(hasMore: boolean) {
    this.#hasMore = hasMore;
    this.#at(0, () => this.#pull());
  }

  /** Changes the line. */
  become(options: Partial<LineOptions>): void {
    Object.assign(this.#options, options);
  }

  /** Lets so much time pass. Returns the bytes that arrived meanwhile, for each second. */
  run(ms: number): number {
    const [endMs, before] = [this.nowMs + ms, this.deliveredBytes];
    for (;;) {
      const next = this.#events[0];
      if (!next || next.atMs > endMs) break;
      this.#events.shift();
      this.nowMs = next.atMs;
      next.act();
    }
    this.nowMs = endMs;
    return ((this.deliveredBytes - before) * 1_000) / ms;
  }

  /** There may be room again. */
  #pull(): void {
    const sender = this.#sender;
    if (!sender) return;
    for (let bytes = sender.chunkBytes; this.#hasMore && sender.canSend(bytes); bytes = sender.chunkBytes) {
      sender.sent(bytes);
      this.#writtenBytes += bytes;
      this.#frameEnds.push(this.#writtenBytes);
      while (this.#packets.length * PAYLOAD_BYTES < this.#writtenBytes) {
        this.#packets.push({ number: this.#packets.length, order: 0, state: 'waiting' });
      }
    }
    this.#transmit();
  }

  #transmit(): void {
    while (this.#flying < this.#cwnd) {
      const packet = this.#nextPacket();
      if (!packet) return;
      packet.state = 'flying';
      packet.order = this.#orders++;
      this.#flying++;
      this.#flights.push({ packet, order: packet.order });
      this.#throughQueue(packet.number);
    }
  }

  #nextPacket(): Packet | undefined {
    for (let packet = this.#lost.shift(); packet; packet = this.#lost.shift()) {
      if (packet.state === 'lost') return packet;
    }
    const next = this.#packets[this.#firstUnsent];
    if (next) this.#firstUnsent++;
    return next;
  }

  #throughQueue(number: number): void {
    const { bytesPerSecond, delayMs, queueBytes, loss = 0 } = this.#options;
    this.#watch();
    const waitingMs = Math.max(0, this.#busyUntilMs - this.nowMs);
    if ((waitingMs * bytesPerSecond) / 1_000 + PACKET_BYTES > queueBytes) {
      this.droppedPackets++;
      return;
    }
    this.#busyUntilMs = this.nowMs + waitingMs + (PACKET_BYTES * 1_000) / bytesPerSecond;
    if (this.#chance() >= loss) this.#at(this.#busyUntilMs + delayMs - this.nowMs, () => this.#arrive(number));
  }

  #arrive(number: number): void {
    this.#at(this.#options.delayMs, () => this.#packetAcked(number));
    this.#arrived.add(number);
    while (this.#arrived.delete(this.#inOrder)) this.#inOrder++;
    const inOrderBytes = this.#inOrder * PAYLOAD_BYTES;
    if ((this.#frameEnds[0] ?? Number.POSITIVE_INFINITY) > inOrderBytes) return;
    this.#at(this.#late(), () => this.#deliver(inOrderBytes));
  }

  #deliver(inOrderBytes: number): void {
    while ((this.#frameEnds[0] ?? Number.POSITIVE_INFINITY) <= inOrderBytes) {
      this.deliveredBytes = this.#frameEnds.shift() ?? 0;
    }
    const newBytes = this.deliveredBytes - this.#ackedBytes;
    if (newBytes >= ACK_BYTES) this.#acknowledge();
    else if (newBytes > 0 && this.#ackTimerAtMs === undefined) {
      const timerAtMs = this.nowMs + ACK_MS + this.#late();
      this.#ackTimerAtMs = timerAtMs;
      this.#at(timerAtMs - this.nowMs, () => this.#ackTimerAtMs === timerAtMs && this.#acknowledge());
    }
  }

  #acknowledge(): void {
    this.#ackTimerAtMs = undefined;
    const bytes = this.deliveredBytes;
    if (bytes === this.#ackedBytes) return;
    this.#ackedBytes = bytes;
    this.#at(this.#options.delayMs, () => {
      if (this.#sender?.acknowledged(bytes) === false) throw new Error('an honest acknowledgement was refused');
      this.#pull();
    });
  }

  #packetAcked(number: number): void {
    const packet = this.#packets[number];
    if (!packet || packet.state === 'acked') return;
    if (packet.state === 'flying') this.#flying--;
    packet.state = 'acked';
    this.#cwnd += this.#cwnd < this.#ssthresh ? 1 : 1 / this.#cwnd;
    for (
      let flight = this.#flights[0];
      flight && flight.order + REORDERING <= packet.order;
      flight = this.#flights[0]
    ) {
      this.#flights.shift();
      if (isFlying(flight)) this.#lose(flight.packet);
    }
    this.#watch();
    this.#transmit();
  }

  #lose(packet: Packet): void {
    packet.state = 'lost';
    this.#lost.push(packet);
    this.#flying--;
    if (packet.order <= this.#recoverUntilOrder) return;
    this.#recoverUntilOrder = this.#orders;
    this.#ssthresh = Math.max(2, this.#cwnd / 2);
    this.#cwnd = this.#ssthresh;
  }

  /** Nothing went out for a while, so nothing came back: all that flies is lost. */
  #watch(): void {
    this.#lastSentAtMs = this.nowMs;
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#at(TIMEOUT_MS, () => this.#look());
  }

  #look(): void {
    const leftMs = this.#lastSentAtMs + TIMEOUT_MS - this.nowMs;
    if (this.#flying > 0 && leftMs > 0) {
      this.#at(leftMs, () => this.#look());
      return;
    }
    this.#isWatched = false;
    if (this.#flying === 0) return;
    for (const flight of this.#flights.splice(0)) if (isFlying(flight)) this.#lose(flight.packet);
    this.#cwnd = 1;
    this.#transmit();
  }

  #late(): number {
    return this.#options.lateMs?.(this.nowMs) ?? 0;
  }

  #at(inMs: number, act: () => void): void {
    const event = { atMs: this.nowMs + inMs, order: this.#scheduled++, act };
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#events[middle];
      if (other && other.atMs <= event.atMs) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }

  /** The minimal standard generator of Park and Miller, so that each run is the same. */
  #chance(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}
