import { delay } from '../../shared/abort.ts';
import { type Picture, PictureTaker } from './picture.ts';

/** The DOM's types leave out what makes a processor useful outside a worker. */
declare global {
  interface MediaStreamTrackProcessorInit {
    track: MediaStreamTrack;
  }
}

/**
 * Looks at a captured track a few times a second. A picture that stands still brings nothing at all: a capture only delivers what has changed.
 * A video element would be no use: in a document that is never drawn its frame callbacks don't come.
 * @returns the function that stops it. The track stays as it is.
 */
export function lookAt(track: MediaStreamTrack, everyMs: number, onPicture: (picture: Picture) => void): () => void {
  const taker = new PictureTaker();
  const abort = new AbortController();
  const look = async () => {
    // One frame waits here, the newest; older ones are dropped before they cost anything. It throws for a track that has just ended.
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
    abort.signal.addEventListener('abort', () => void letGo(reader));
    while (!abort.signal.aborted) {
      const { value: frame } = await reader.read();
      if (!frame) return;
      try {
        const picture = await taker.take(frame);
        if (!abort.signal.aborted) onPicture(picture);
      } finally {
        frame.close();
      }
      await delay(everyMs, abort.signal);
    }
  };
  // Rejects when it is stopped, and for a track that can't be read: that is shown all the same, only nothing is known of it.
  look().catch(() => undefined);
  return () => abort.abort();
}

/** A frame that waits in the stream is closed by nobody else, and the browser complains once it finds it. */
async function letGo(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
  const waiting = reader.read();
  reader.cancel().catch(() => undefined);
  const { value: frame } = await waiting;
  frame?.close();
}
