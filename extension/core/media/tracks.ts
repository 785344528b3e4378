/** Ends what a stream captures, but for the tracks that another stream has taken over. */
export function stopTracks(stream: MediaStream, except: readonly MediaStreamTrack[] = []): void {
  for (const track of stream.getTracks()) if (!except.includes(track)) track.stop();
}
