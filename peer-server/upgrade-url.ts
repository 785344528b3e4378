import * as v from 'valibot';
import { PeerIdSchema } from './message.ts';
import { PEER_KEY, PEER_PATH } from './peer-path.ts';
import type { UpgradeRefusal } from './upgrade-refusal.ts';

/** Who a client says it is. */
export interface ClientIdentity {
  readonly id: string;
  readonly token: string;
}

const QuerySchema = v.object({
  key: v.literal(PEER_KEY),
  id: PeerIdSchema,
  /** PeerJS makes some ten characters of base 36. */
  token: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~-]{1,256}$/)),
});

/** Reads `/peerjs?key=peerjs&id=…&token=…`; what else is in the query (PeerJS adds its version) is ignored. */
export function parseUpgradeUrl(url: string, maxUrlBytes: number): ClientIdentity | { refusal: UpgradeRefusal } {
  if (Buffer.byteLength(url) > maxUrlBytes) return { refusal: 'url-too-long' };
  const [path, queryText = ''] = url.split('?', 2);
  if (path !== `${PEER_PATH}peerjs`) return { refusal: 'not-found' };
  const query = v.safeParse(QuerySchema, Object.fromEntries(new URLSearchParams(queryText)));
  if (!query.success) return { refusal: 'bad-query' };
  return { id: query.output.id, token: query.output.token };
}
