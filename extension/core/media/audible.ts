/** How soon a tab that is muted falls silent: as fast as a person would look for another way. */
const LISTEN_EVERY_MS = 1_000;

/**
 * Plays the sound of a captured tab, which the capture took away from its owner, as long as the owner hasn't muted it. Does nothing for a
 * stream without sound. Only for `captureTab`: what the picker captures goes on sounding by itself.
 * @param isMuted whether the tab is muted now; asked every second. Never rejects.
 * @returns the function that ends it; the stream's tracks stay as they are.
 */
export function keepAudible(stream: MediaStream, isMuted: () => Promise<boolean>): () => void {
  if (stream.getAudioTracks().length === 0) return () => undefined;
  const context = new AudioContext({ latencyHint: 'interactive' });
  const sound = context.createMediaStreamSource(stream);
  const adjust = async () => {
    const muted = await isMuted();
    // Both reject only when the context has been closed already.
    await (muted ? context.suspend() : context.resume()).catch(() => undefined);
  };
  void adjust().then(() => sound.connect(context.destination));
  const timer = setInterval(adjust, LISTEN_EVERY_MS);
  return () => {
    clearInterval(timer);
    context.close().catch(() => undefined);
  };
}

/** Plays a voice that arrives. @returns the function that ends it; the track stays as it is. */
export function playVoice(track: MediaStreamTrack): () => void {
  // An element, and no AudioContext: Chromium lets what arrives flow into one only while an element plays it too.
  const element = new Audio();
  element.srcObject = new MediaStream([track]);
  // Rejects only when it is ended before it has begun: pages of an extension may play.
  element.play().catch(() => undefined);
  return () => {
    element.srcObject = null;
  };
}
