import { pickSource } from './capture.ts';

const frames = new WeakMap<MediaStream, HTMLIFrameElement>();

/**
 * `pickSource` in a frame of its own. While the browser's picker is open, the page that opened it can't capture anything else, and only the end
 * of that page closes it: so giving up (`signal`) takes the picker off the screen, and it is in nobody's way.
 * The stream lives until `releasePicked`. @throws as `pickSource`
 */
export async function pickInFrame(signal: AbortSignal): Promise<MediaStream> {
  const frame = document.createElement('iframe');
  frame.style.display = 'none';
  document.body.append(frame);
  try {
    const stream = await pickSource(signal, frame.contentWindow?.navigator.mediaDevices);
    frames.set(stream, frame);
    return stream;
  } catch (error) {
    frame.remove();
    throw error;
  }
}

/** Lets go of a stream from `pickInFrame`, which ends with this. Idempotent. */
export function releasePicked(stream: MediaStream): void {
  frames.get(stream)?.remove();
  frames.delete(stream);
}
