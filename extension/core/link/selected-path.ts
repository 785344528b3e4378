import type { Path } from './link.ts';

/**
 * Whether the candidate pair in use goes through a TURN server: local or remote candidate of type `relay`.
 * `fallback` while the browser reports no pair.
 */
export async function selectedPath(connection: RTCPeerConnection, fallback: Path): Promise<Path> {
  const stats = await connection.getStats().catch(() => null);
  if (!stats) return fallback;
  const entries = new Map<string, Record<string, unknown>>();
  stats.forEach((entry: Record<string, unknown>) => {
    entries.set(String(entry.id), entry);
  });
  for (const entry of entries.values()) {
    if (entry.type !== 'transport' || typeof entry.selectedCandidatePairId !== 'string') continue;
    const pair = entries.get(entry.selectedCandidatePairId);
    if (!pair) continue;
    const ends = [entries.get(String(pair.localCandidateId)), entries.get(String(pair.remoteCandidateId))];
    return ends.some((end) => end?.candidateType === 'relay') ? 'turn' : 'direct';
  }
  return fallback;
}
