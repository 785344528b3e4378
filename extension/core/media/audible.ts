/**
 * Plays the sound of a captured tab, which the capture took away from its owner, as long as the owner hasn't muted it. Does nothing for a
 * stream without sound. Only for `captureTab`: what the picker captures goes on sounding by itself.
 * @param watchMuted calls with whether the tab is muted, soon and whenever that changes; returns the function that ends it.
 * @returns the function that ends it; the stream's tracks stay as they are.
 */
export function keepAudible(
  stream: MediaStream,
  watchMuted: (listener: (isMuted: boolean) => void) => () => void,
): () => void {
  if (stream.getAudioTracks().length === 0) return () => undefined;
  const context = new AudioContext({ latencyHint: 'interactive' });
  const sound = context.createMediaStreamSource(stream);
  const stop = watchMuted((isMuted) => {
    // Connected twice is connected once. Both reject only when the context has been closed already.
    sound.connect(context.destination);
    (isMuted ? context.suspend() : context.resume()).catch(() => undefined);
  });
  return () => {
    stop();
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
