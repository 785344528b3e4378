import { join } from 'node:path';
import { COTURN_READY, coturnSettings } from '../support/coturn.ts';
import type { Certificate } from './certificate.ts';
import type { Namespace } from './namespace.ts';
import { SERVER_ADDRESS, SERVER_PORT, TURN_PORT } from './nat.ts';
import { type Program, startProgram } from './program.ts';

export const SERVER_URL = `https://${SERVER_ADDRESS}`;
const TURN_SECRET = 'known-to-both-servers';

/** What the signalling server offers beside introducing. */
export interface Offer {
  /** Default: both. */
  readonly turn?: boolean;
  readonly relay?: boolean;
  /** How long a TURN credential works. Default as the server has it. */
  readonly turnTtlMs?: number;
}

/** The signalling server, which may be started again with another offer. Clients find it at `SERVER_URL`. */
export function startSignalling(
  namespace: Namespace,
  { keyPath, certificatePath }: Certificate,
  { turn = true, relay = true, turnTtlMs }: Offer = {},
): Promise<Program> {
  const script = join(import.meta.dirname, 'public-server.ts');
  const args = [SERVER_ADDRESS, String(SERVER_PORT), keyPath, certificatePath];
  const turnUrls = ['udp', 'tcp'].map((transport) => `turn:${SERVER_ADDRESS}:${TURN_PORT}?transport=${transport}`);
  return startProgram(namespace, [process.execPath, '--import', 'tsx', script, ...args], {
    ready: /^listening$/,
    env: {
      LOG_LEVEL: 'silent',
      RELAY: String(relay),
      STUN_URLS: `stun:${SERVER_ADDRESS}:${TURN_PORT}`,
      ...(turn ? { TURN_URLS: turnUrls.join(), TURN_SECRET } : {}),
      ...(turnTtlMs === undefined ? {} : { TURN_TTL_MS: String(turnTtlMs) }),
    },
  });
}

export interface CoturnOptions {
  /** Until an allocation must be refreshed. Default as coturn has it, ten minutes. */
  readonly lifetimeSeconds?: number;
}

/** A real STUN and TURN server. `dir` holds what it writes. */
export function startCoturn(
  namespace: Namespace,
  dir: string,
  { lifetimeSeconds }: CoturnOptions = {},
): Promise<Program> {
  const settings = [
    ...coturnSettings({ address: SERVER_ADDRESS, port: TURN_PORT, secret: TURN_SECRET, dir }),
    '--no-multicast-peers',
    ...(lifetimeSeconds === undefined ? [] : [`--max-allocate-lifetime=${lifetimeSeconds}`]),
  ];
  return startProgram(namespace, ['turnserver', ...settings], { ready: COTURN_READY });
}
