import * as v from 'valibot';
import {
  iceUrls,
  integer,
  isAddressRange,
  isOriginRule,
  isPublicHost,
  list,
  MAX_ICE_URLS,
  secret,
  wholeNumber,
  yesOrNo,
} from './config-values.ts';

/** Wrong configuration. The message is one whole sentence that names the setting, its value and what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const KIB = 1024;
const GIB = 1024 ** 3;

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const STUN_EXPECTED = `a list of at most ${MAX_ICE_URLS} URLs such as stun:turn.example:3478`;
const TURN_EXPECTED = `a list of at most ${MAX_ICE_URLS} URLs such as turn:turn.example:3478?transport=udp or turns:turn.example:5349`;
const HOST_EXPECTED = 'an address or host name of this computer';
const PUBLIC_HOSTS_EXPECTED = 'a list of lower-case host names as in URLs, each with its port unless that is 80 or 443';
const ORIGINS_EXPECTED = 'a list of origins, schemes ending in ://, none (no Origin header) or *';

const ConfigSchema = v.object({
  host: v.optional(v.pipe(v.string(HOST_EXPECTED), v.regex(/^[\w.:%-]{1,253}$/, HOST_EXPECTED)), '127.0.0.1'),
  /** 0 lets the system choose a free one. */
  port: wholeNumber(9000, 0, 65_535),
  logLevel: v.optional(v.picklist(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`), 'info'),
  /** Who may connect, by the Origin header: exact origins, whole schemes (`chrome-extension://`), `none`, or `*` for all. */
  allowedOrigins: list(['chrome-extension://', 'moz-extension://', 'none'], isOriginRule, ORIGINS_EXPECTED),
  /** The names that clients dial, as in their URLs. When any is given, tokens signed for another host are refused. */
  publicHosts: list([], isPublicHost, PUBLIC_HOSTS_EXPECTED),
  /** Lets PeerJS clients in that sign no token. They get neither ids of 22 characters nor nameplates. */
  allowStockClients: yesOrNo(false),
  /** How far a token's time may be from ours, either way. */
  tokenWindowMs: wholeNumber(60_000, 1000, 600_000),
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: list([], isAddressRange, 'a list of IP addresses or ranges such as 10.0.0.0/8'),
  maxClients: wholeNumber(5000, 1, 1_000_000),
  maxUrlBytes: wholeNumber(KIB, 64, 16 * KIB),
  /** Sealed signalling of one SDP is below 16 KiB; PeerJS sends nothing larger. */
  maxMessageBytes: wholeNumber(64 * KIB, KIB, 1024 * KIB),
  /** PeerJS nests 4 levels. A victim's JSON parser gives up at some 5,000. */
  maxMessageDepth: wholeNumber(12, 4, 1000),
  messagesPerSecond: wholeNumber(30, 1, 1_000_000),
  messageBurst: wholeNumber(120, 1, 1_000_000),
  socketsPerAddress: wholeNumber(20, 1, 1_000_000),
  connectsPerAddressPerMinute: wholeNumber(60, 1, 1_000_000),
  /** A client that leaves more than this unread is cut off. */
  maxBufferedBytes: wholeNumber(512 * KIB, KIB, 1024 * 1024 * KIB),
  pendingMessagesPerPeer: wholeNumber(32, 1, 10_000),
  pendingBytesPerPeer: wholeNumber(128 * KIB, KIB, 1024 * 1024 * KIB),
  /** What one sending address may have waiting, so that no single one can fill the total. */
  pendingBytesPerAddress: wholeNumber(1024 * KIB, KIB, 1024 * 1024 * KIB),
  pendingBytesTotal: wholeNumber(8 * 1024 * KIB, KIB, 1024 * 1024 * KIB),
  /** How long a message waits for its receiver before the sender is told EXPIRE. */
  pendingTimeoutMs: wholeNumber(5000, 10, 600_000),
  /** A client that sends no HEARTBEAT for this long is taken for gone. Browsers slow hidden pages to one a minute. */
  aliveTimeoutMs: wholeNumber(90_000, 1000, 3_600_000),
  /** Enough to say a code on the phone, short enough that a stale one is useless. */
  nameplateTtlMs: wholeNumber(300_000, 1000, 3_600_000),
  nameplatesPerAddressPerMinute: wholeNumber(5, 1, 1_000_000),
  claimsPerAddressPerTenMinutes: wholeNumber(10, 1, 1_000_000),
  /** Of everybody together: beyond it someone guesses from many addresses. */
  failedClaimsPerMinute: wholeNumber(60, 1, 1_000_000),
  /** Handed to clients as they are. */
  stunUrls: iceUrls(/^stuns?:[^?]+$/, STUN_EXPECTED),
  turnUrls: iceUrls(/^turns?:[^?]+(?:\?transport=(?:udp|tcp))?$/, TURN_EXPECTED),
  /** What the TURN server also knows: coturn's `static-auth-secret`. */
  turnSecret: secret(),
  /** How long a credential works. Long enough to outlive an outage of this server. */
  turnTtlMs: wholeNumber(3_600_000, 1000, 86_400_000),
  iceServersPerIdPerMinute: wholeNumber(10, 1, 1_000_000),
  /** Ids are free: without it one address had as many credentials as it wanted. */
  iceServersPerAddressPerMinute: wholeNumber(30, 1, 1_000_000),
  /** Whether browsers that reach each other in no other way may send sealed frames through here. */
  relay: yesOrNo(true),
  /** Signs tickets. Servers that act as one share it; empty: a random one of this process. */
  relaySecret: secret(),
  relayTicketTtlMs: wholeNumber(60_000, 100, 600_000),
  relayTicketsPerIdPerMinute: wholeNumber(30, 1, 1_000_000),
  /** How long one side waits in a room for the other. */
  relayWaitMs: wholeNumber(30_000, 100, 600_000),
  /** How often each side is looked at: one that was silent is pinged, one that answers no ping until the next look is taken for gone. */
  relayPingMs: wholeNumber(20_000, 100, 600_000),
  /** In all: two for each room. For each of them 1 MiB may wait. */
  relaySockets: wholeNumber(400, 2, 1_000_000),
  relaySocketsPerAddress: wholeNumber(20, 1, 1_000_000),
  relayBytesPerRoom: wholeNumber(16 * GIB, KIB, 1024 * 1024 * GIB),
  /** What one address sends, counted in whole MiB. */
  relayBytesPerAddressPerHour: wholeNumber(16 * GIB, KIB * KIB, 1024 * 1024 * GIB),
  relayLifetimeMs: wholeNumber(43_200_000, 1000, 604_800_000),
  metricsHost: v.optional(v.pipe(v.string(HOST_EXPECTED), v.regex(/^[\w.:%-]{1,253}$/, HOST_EXPECTED)), '127.0.0.1'),
  /** Where figures are to be read; null for nowhere. */
  metricsPort: v.optional(v.nullable(integer(0, 65_535)), null),
});

/** Complete settings of one server. Times in milliseconds, sizes in bytes, as the names say. */
export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment variable of every setting. */
export const VARIABLES: Readonly<Record<keyof Config, string>> = {
  host: 'HOST',
  port: 'PORT',
  logLevel: 'LOG_LEVEL',
  allowedOrigins: 'ALLOWED_ORIGINS',
  publicHosts: 'PUBLIC_HOSTS',
  allowStockClients: 'ALLOW_STOCK_CLIENTS',
  tokenWindowMs: 'TOKEN_WINDOW_MS',
  trustedProxies: 'TRUSTED_PROXIES',
  maxClients: 'MAX_CLIENTS',
  maxUrlBytes: 'MAX_URL_BYTES',
  maxMessageBytes: 'MAX_MESSAGE_BYTES',
  maxMessageDepth: 'MAX_MESSAGE_DEPTH',
  messagesPerSecond: 'MESSAGES_PER_SECOND',
  messageBurst: 'MESSAGE_BURST',
  socketsPerAddress: 'SOCKETS_PER_ADDRESS',
  connectsPerAddressPerMinute: 'CONNECTS_PER_ADDRESS_PER_MINUTE',
  maxBufferedBytes: 'MAX_BUFFERED_BYTES',
  pendingMessagesPerPeer: 'PENDING_MESSAGES_PER_PEER',
  pendingBytesPerPeer: 'PENDING_BYTES_PER_PEER',
  pendingBytesPerAddress: 'PENDING_BYTES_PER_ADDRESS',
  pendingBytesTotal: 'PENDING_BYTES_TOTAL',
  pendingTimeoutMs: 'PENDING_TIMEOUT_MS',
  aliveTimeoutMs: 'ALIVE_TIMEOUT_MS',
  nameplateTtlMs: 'NAMEPLATE_TTL_MS',
  nameplatesPerAddressPerMinute: 'NAMEPLATES_PER_ADDRESS_PER_MINUTE',
  claimsPerAddressPerTenMinutes: 'CLAIMS_PER_ADDRESS_PER_TEN_MINUTES',
  failedClaimsPerMinute: 'FAILED_CLAIMS_PER_MINUTE',
  stunUrls: 'STUN_URLS',
  turnUrls: 'TURN_URLS',
  turnSecret: 'TURN_SECRET',
  turnTtlMs: 'TURN_TTL_MS',
  iceServersPerIdPerMinute: 'ICE_SERVERS_PER_ID_PER_MINUTE',
  iceServersPerAddressPerMinute: 'ICE_SERVERS_PER_ADDRESS_PER_MINUTE',
  relay: 'RELAY',
  relaySecret: 'RELAY_SECRET',
  relayTicketTtlMs: 'RELAY_TICKET_TTL_MS',
  relayTicketsPerIdPerMinute: 'RELAY_TICKETS_PER_ID_PER_MINUTE',
  relayWaitMs: 'RELAY_WAIT_MS',
  relayPingMs: 'RELAY_PING_MS',
  relaySockets: 'RELAY_SOCKETS',
  relaySocketsPerAddress: 'RELAY_SOCKETS_PER_ADDRESS',
  relayBytesPerRoom: 'RELAY_BYTES_PER_ROOM',
  relayBytesPerAddressPerHour: 'RELAY_BYTES_PER_ADDRESS_PER_HOUR',
  relayLifetimeMs: 'RELAY_LIFETIME_MS',
  metricsHost: 'METRICS_HOST',
  metricsPort: 'METRICS_PORT',
};

const SECRETS: ReadonlySet<string> = new Set<keyof Config>(['turnSecret', 'relaySecret']);

function parse(input: Record<string, unknown>, nameOf: (key: string) => string): Config {
  const result = v.safeParse(ConfigSchema, input, { abortEarly: true });
  if (result.success) {
    const { turnUrls, turnSecret } = result.output;
    if (turnUrls.length === 0 || turnSecret !== '') return result.output;
    throw new ConfigError(
      `${nameOf('turnSecret')} is missing, but must be the secret of the server in ${nameOf('turnUrls')}.`,
    );
  }
  const [issue] = result.issues;
  const key = String(issue.path?.[0].key);
  if (SECRETS.has(key)) throw new ConfigError(`${nameOf(key)} must be ${issue.message}.`);
  throw new ConfigError(`${nameOf(key)} is ${JSON.stringify(input[key])}, but must be ${issue.message}.`);
}

/**
 * Fills in the defaults.
 * @throws ConfigError for a value out of bounds.
 */
export function completeConfig(partial: Partial<Config> = {}): Config {
  return parse(partial, (key) => key);
}

/**
 * Reads the variables listed in `VARIABLES`; an unset or empty one means the default.
 * @throws ConfigError for the first value that is malformed or out of bounds.
 */
export function configFromEnvironment(env: Readonly<Record<string, string | undefined>>): Config {
  const variables: Record<string, string> = VARIABLES;
  const input: Record<string, string> = {};
  for (const [key, variable] of Object.entries(variables)) {
    const text = env[variable];
    if (text !== undefined && text.trim() !== '') input[key] = text;
  }
  return parse(input, (key) => variables[key] ?? key);
}
