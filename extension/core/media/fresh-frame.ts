/**
 * Makes a capture deliver its picture once more. One that stands still brings nothing by itself for up to a second, and whoever comes to
 * watch would wait for it; but Chromium asks a source for a frame whenever somebody begins to read its track.
 */
export function askForFrame(track: MediaStreamTrack): void {
  // A track that has just ended can't be read.
  if (track.readyState !== 'live') return;
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  reader
    .read()
    .then(({ value: frame }) => {
      frame?.close();
      return reader.cancel();
    })
    .catch(() => undefined);
}
