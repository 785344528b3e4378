/**
 * Plays the sound of a captured tab, which the capture took away from its owner. Does nothing for a stream without sound.
 * Only for `captureTab`: what the picker captures goes on sounding by itself.
 * @returns the function that ends it; the stream's tracks stay as they are.
 */
export function keepAudible(stream: MediaStream): () => void {
  if (stream.getAudioTracks().length === 0) return () => undefined;
  const context = new AudioContext({ latencyHint: 'interactive' });
  context.createMediaStreamSource(stream).connect(context.destination);
  // Both reject only when the context has been closed already.
  context.resume().catch(() => undefined);
  return () => {
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
