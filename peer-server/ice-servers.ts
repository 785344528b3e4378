import { createHmac } from 'node:crypto';
import type { Config } from './config.ts';
import type { IceServer } from './protocol.ts';

export type IceConfig = Pick<Config, 'stunUrls' | 'turnUrls' | 'turnSecret' | 'turnTtlMs'>;

/**
 * The STUN and TURN servers of the configuration, for a client with this id. The credential is what coturn's `use-auth-secret` expects
 * (draft-uberti-behave-turn-rest-00): the user's name says until when it works, and a MAC over the name is the password.
 */
export function mintIceServers({ stunUrls, turnUrls, turnSecret, turnTtlMs }: IceConfig, id: string): IceServer[] {
  const iceServers: IceServer[] = [];
  if (stunUrls.length > 0) iceServers.push({ urls: stunUrls });
  if (turnUrls.length > 0) {
    const username = `${Math.ceil((Date.now() + turnTtlMs) / 1000)}:${id}`;
    const credential = createHmac('sha1', turnSecret).update(username).digest('base64');
    iceServers.push({ urls: turnUrls, username, credential });
  }
  return iceServers;
}
