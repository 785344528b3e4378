import * as v from 'valibot';
import { text } from '../shared/schemas.ts';
import { IceServerList } from '../signalling/server-messages.ts';

const Address = text(1_024);

/** What the offscreen document knows and the connection doctor needs: which server, how it stands there, and what it hands out. */
export const DoctorFacts = v.object({
  serverUrl: Address,
  /** Null before the first connection. */
  serverKind: v.nullable(v.picklist(['pairwise', 'stock'])),
  serverStatus: v.picklist(['connecting', 'online', 'unreachable']),
  /** As for an `RTCPeerConnection`. Credentials are good for minutes. */
  iceServers: IceServerList,
  /** Whether the server says that it has a relay. */
  hasRelay: v.boolean(),
  /** Both doors of a relay room with oneself, each good once and for a minute; null where they were not asked for, or the server gave none. */
  relayUrls: v.nullable(v.tuple([Address, Address])),
});
export type DoctorFacts = v.InferOutput<typeof DoctorFacts>;
