import { join } from 'node:path';
import { COTURN_READY, coturnSettings } from '../support/coturn.ts';
import type { Certificate } from './certificate.ts';
import type { Namespace } from './namespace.ts';
import { SERVER_ADDRESS, SERVER_PORT, TURN_PORT, TURN_TLS_PORT } from './nat.ts';
import { type Program, startProgram } from './program.ts';

export const SERVER_URL = `https://${SERVER_ADDRESS}`;
const TURN_SECRET = 'known-to-both-servers';
const TURN_URLS = {
  udp: `turn:${SERVER_ADDRESS}:${TURN_PORT}?transport=udp`,
  tcp: `turn:${SERVER_ADDRESS}:${TURN_PORT}?transport=tcp`,
  tls: `turns:${SERVER_ADDRESS}:${TURN_TLS_PORT}?transport=tcp`,
} as const;

/** What the signalling server offers beside introducing. */
export interface Offer {
  /** By which transports. Default: UDP and TCP. */
  readonly turn?: readonly (keyof typeof TURN_URLS)[];
  /** Default: true. */
  readonly relay?: boolean;
  /** How long a TURN credential works. Default as the server has it. */
  readonly turnTtlMs?: number;
}

/** The signalling server, which may be started again with another offer. Clients find it at `SERVER_URL`. */
export function startSignalling(
  namespace: Namespace,
  { keyPath, certificatePath }: Certificate,
  { turn = ['udp', 'tcp'], relay = true, turnTtlMs }: Offer = {},
): Promise<Program> {
  const script = join(import.meta.dirname, 'public-server.ts');
  const args = [SERVER_ADDRESS, String(SERVER_PORT), keyPath, certificatePath];
  const turnUrls = turn.map((transport) => TURN_URLS[transport]);
  return startProgram(namespace, [process.execPath, '--import', 'tsx', script, ...args], {
    ready: /^listening$/,
    env: {
      LOG_LEVEL: 'silent',
      RELAY: String(relay),
      STUN_URLS: `stun:${SERVER_ADDRESS}:${TURN_PORT}`,
      ...(turnUrls.length > 0 ? { TURN_URLS: turnUrls.join(), TURN_SECRET } : {}),
      ...(turnTtlMs === undefined ? {} : { TURN_TTL_MS: String(turnTtlMs) }),
    },
  });
}

export interface CoturnOptions {
  /** Until an allocation must be refreshed. Default as coturn has it, ten minutes. */
  readonly lifetimeSeconds?: number;
}

/** A real STUN and TURN server, with TLS beside UDP and TCP. `dir` holds what it writes. */
export function startCoturn(
  namespace: Namespace,
  dir: string,
  certificate: Certificate,
  { lifetimeSeconds }: CoturnOptions = {},
): Promise<Program> {
  const tls = { ...certificate, port: TURN_TLS_PORT };
  const settings = [
    ...coturnSettings({ address: SERVER_ADDRESS, port: TURN_PORT, secret: TURN_SECRET, dir, tls }),
    '--no-multicast-peers',
    ...(lifetimeSeconds === undefined ? [] : [`--max-allocate-lifetime=${lifetimeSeconds}`]),
  ];
  return startProgram(namespace, ['turnserver', ...settings], { ready: COTURN_READY });
}
