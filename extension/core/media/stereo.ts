const OPUS_MAP = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/gim;

/**
 * Says in a session description that this side wants to hear Opus in stereo (`stereo=1`, RFC 7587 section 6.1): otherwise Chromium mixes
 * left and right into one before it sends, and again when it decodes. In all of them alike: a bundle may not mean two things by one number.
 */
export function inStereo(sdp: string): string {
  const payloads = new Set([...sdp.matchAll(OPUS_MAP)].map(([, payload]) => payload));
  let changed = sdp;
  for (const payload of payloads) {
    changed = changed.replaceAll(
      new RegExp(`^(a=fmtp:${payload} )(?!(?:.*;\\s*)?stereo=)(.*?)(\\r?)$`, 'gm'),
      '$1$2;stereo=1$3',
    );
  }
  return changed;
}
