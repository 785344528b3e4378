/** The SHA-256 fingerprints that a session description names (RFC 8122), upper case, without repeats. */
export function fingerprintsIn(sdp: string): string[] {
  const found = [...sdp.matchAll(/^a=fingerprint:sha-256 ([0-9A-F:]{95})\r?$/gim)].map((match) => match[1] ?? '');
  return [...new Set(found.map((fingerprint) => fingerprint.toUpperCase()))];
}

/** The fingerprint of the certificate that the other side really used; null before DTLS has finished. */
export async function remoteFingerprint(connection: RTCPeerConnection): Promise<string | null> {
  const [certificate] = connection.sctp?.transport.getRemoteCertificates() ?? [];
  if (!certificate) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}

/** Whether the connection ends at the certificate that `sdp` names, and `sdp` names no other. */
export async function endsAt(connection: RTCPeerConnection, sdp: string): Promise<boolean> {
  const [named, ...others] = fingerprintsIn(sdp);
  return named !== undefined && others.length === 0 && named === (await remoteFingerprint(connection));
}
