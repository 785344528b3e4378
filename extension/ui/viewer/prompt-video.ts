/**
 * Lets a video element show each picture of a stream as soon as it is there. By itself Chromium (156) smooths a stream by how long its
 * pictures stood so far: the next page of a text, of which a picture came each second, then waits for up to a second and a half although
 * it has arrived. An element whose stream begins with none stops doing that, and a track that is disabled when the element takes it is
 * such a beginning: 2 × 2 pixels of black.
 */
export function showAtOnce(video: HTMLVideoElement, stream: MediaStream): void {
  const tracks = stream.getVideoTracks();
  for (const track of tracks) track.enabled = false;
  const enable = () => {
    for (const track of tracks) track.enabled = true;
  };
  // Also where another stream takes its place before it has begun.
  video.addEventListener('loadstart', enable, { once: true });
  video.srcObject = stream;
}

/** The size of what `showAtOnce` begins with. */
export const BEGINNING_PX = 2;
