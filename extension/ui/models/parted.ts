import type { PeerState } from '../../core/session/state.ts';

/** Why nothing can pass between the two until a person decides otherwise: blocked here, or the pairing was ended there. */
export function partedBy({ blocked, connection }: PeerState): 'blocked' | 'unpaired' | null {
  const code = connection.state === 'failed' ? connection.code : null;
  if (blocked || code === 'peer-blocked') return 'blocked';
  return code === 'peer-unpaired' ? 'unpaired' : null;
}
