import type { ErrorCode } from '../shared/errors.ts';

/** How the two browsers are connected: straight, through a TURN server, or through our WebSocket relay. */
export type Path = 'direct' | 'turn' | 'relay';

/** Bulk lanes beyond the first exist only where each is a connection of its own. */
export const BULK_LANES = ['bulk', 'bulk-2', 'bulk-3', 'bulk-4'] as const;
export type BulkLaneName = (typeof BULK_LANES)[number];
export type LaneName = 'control' | BulkLaneName;

/** Why a link ended: `bye` when the other side closed it on purpose, else the failure. */
export type CloseReason = 'bye' | 'replaced' | ErrorCode;

/** Largest frame a lane carries, in bytes: 64 KiB of file and a header, under the 256 KiB that `send()` refuses. */
export const MAX_FRAME_BYTES = 64 * 1024 + 64;

/**
 * One connection to one peer, whatever carries it. A session outlives its links.
 * Direct and relay links pass the same contract suite (test/contracts/link.ts).
 */
export interface Link {
  readonly path: Path;
  /** The bulk lanes that this link can have; at least `bulk`. The loss of one is the loss of the link. */
  readonly bulkLanes: readonly BulkLaneName[];
  /**
   * An independent, ordered flow of frames: frames of different lanes overtake each other, and bulk never delays control. The same lane
   * each time; one that is not in `bulkLanes` must not be asked for. Asking costs nothing: a bulk lane gets its connection when either
   * side first sends on it.
   */
  lane(name: LaneName): Lane;
  /** Round trip of the newest heartbeat in ms, null before the first. */
  readonly rttMs: number | null;
  /** No sign of life for some seconds: time to look for another link. It may still come back, and ends by itself if it doesn't. */
  readonly isSuspect: boolean;
  /** There is reason to doubt this link: asks for a sign of life at once. */
  probe(): void;
  /** Called when `path` or `rttMs` changes, or the browser doubts the connection. Returns its unsubscribe. */
  onChange(listener: () => void): () => void;
  /** Settles once, never rejects. */
  readonly closed: Promise<CloseReason>;
  /** Idempotent. Tells the other side when it can. */
  close(reason: CloseReason): void;
}

export interface Lane {
  /**
   * Queues one frame of 1 to `MAX_FRAME_BYTES` bytes and resolves when there is headroom for the next one, so a sender that awaits
   * each call never holds more than a few MiB. Until then the frame must stay as it is. Frames arrive whole and in order, or the link closes.
   * @throws AppError `link-lost` when the link is closed, `message-too-large` for a frame out of bounds; the signal's reason when aborted.
   */
  send(frame: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Sent here, and held back by the connection beneath, which doesn't let more on the line at the moment. */
  readonly queuedBytes: number;
  /** Arriving frames, for one reader. Ends when the link closes. Bounded: a peer that floods past the bound loses the link. */
  readonly frames: ReadableStream<Uint8Array>;
}
