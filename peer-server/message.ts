import * as v from 'valibot';
import { NameplateRequestSchema, ServiceRequestSchema } from './protocol.ts';

/** Letters, digits, `-` and `_`: UUIDs, base64url and Pairwise's own ids. PeerJS would also allow spaces; nothing needs them. */
const PEER_ID = /^[A-Za-z0-9_-]{1,64}$/;

export const PeerIdSchema = v.pipe(v.string(), v.regex(PEER_ID));

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** PeerJS clients read properties of every payload; anything but an object would throw inside the receiver. */
const PayloadSchema = v.custom<Record<string, unknown>>(isObject);

const ForwardedMessageSchema = v.object({
  type: v.picklist(['OFFER', 'ANSWER', 'CANDIDATE']),
  dst: PeerIdSchema,
  payload: PayloadSchema,
});

/**
 * What PeerJS clients may send. Absent on purpose: EXPIRE, OPEN, ID-TAKEN and ERROR are the server's to say, and a LEAVE without `dst`
 * makes `peer` forget the sender while its socket lives on.
 */
const PeerMessageSchema = v.variant('type', [
  v.object({ type: v.literal('HEARTBEAT') }),
  v.object({ type: v.literal('LEAVE'), dst: PeerIdSchema }),
  ForwardedMessageSchema,
]);

const ClientMessageSchema = v.variant('type', [PeerMessageSchema, NameplateRequestSchema, ServiceRequestSchema]);

export type ForwardedMessage = v.InferOutput<typeof ForwardedMessageSchema>;
export type PeerMessage = v.InferOutput<typeof PeerMessageSchema>;
export type ClientMessage = v.InferOutput<typeof ClientMessageSchema>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS = new Set([0x5b, 0x7b]);
const CLOSERS = new Set([0x5d, 0x7d]);

/** Counts brackets outside strings, so that hostile nesting is found without parsing it. Exact for valid JSON. */
export function nestsDeeperThan(json: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (OPENERS.has(code)) {
      depth++;
      if (depth > maxDepth) return true;
    } else if (CLOSERS.has(code)) depth--;
  }
  return false;
}

/**
 * Parses one frame of a client and rebuilds it from the fields we know; `src` and everything else is dropped.
 * Returns undefined for whatever neither a PeerJS client nor one of ours would send.
 */
export function parseClientMessage(text: string, maxDepth: number): ClientMessage | undefined {
  if (nestsDeeperThan(text, maxDepth)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(ClientMessageSchema, json);
  return result.success ? result.output : undefined;
}
