import { WebSocketServer } from 'ws';

/** A message of the largest size split finer than this is no browser's doing. */
const MAX_FRAGMENTS = 64;
/** Nor is one that comes in more pieces: each takes more memory than it holds. */
const MAX_CHUNKS = 1024;

export interface WebSocketLimits {
  /** Of one message, in bytes. */
  readonly maxPayload: number;
  /** How long a client may take to answer our close frame, in ms. */
  readonly closeTimeout: number;
}

/** Sockets for upgrades that somebody else has let in, with every bound that `ws` knows. */
export function createWebSockets(limits: WebSocketLimits): WebSocketServer {
  // A variable, because the types of `ws` don't know its newest options.
  const options = {
    ...limits,
    noServer: true,
    clientTracking: true,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    perMessageDeflate: false,
  };
  return new WebSocketServer(options);
}
