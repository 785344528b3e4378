import { AppError, type ErrorCode } from '../shared/errors.ts';
import { stopTracks } from './tracks.ts';

/** Largest side of a captured picture, in pixels: software encoders can't follow beyond 1440p. What is larger is scaled, in its own shape. */
const MAX_SIDE_PIXELS = 2_560;
const MAX_FRAME_RATE = 30;
/**
 * With a range of sizes and of shapes Chromium captures a tab as it stands, pixel by pixel, and follows it when it is resized. Bounds that
 * leave only one size or only one shape (min and max both square) make it pad the picture with black instead.
 */
const ANY_TAB_SIZE = { minWidth: 16, minHeight: 8, maxWidth: MAX_SIDE_PIXELS, maxHeight: MAX_SIDE_PIXELS };
/** Starting a capture takes well under a second; one that hangs must not block the next. */
const CAPTURE_TIMEOUT_MS = 10_000;
/** A person chooses in the browser's picker. */
const PICKER_TIMEOUT_MS = 120_000;

/** Chromium's own form for what an extension captures; it can't be mixed with the standard one. */
interface TabConstraints extends MediaTrackConstraints {
  readonly mandatory: Readonly<Record<string, string | number | boolean>>;
}

/** What is shared is finished sound: speech processing would only spoil it, and for the picker it is on by default. */
const UNPROCESSED: MediaTrackConstraints = {
  autoGainControl: false,
  echoCancellation: false,
  noiseSuppression: false,
};

/**
 * Captures the tab that `chrome.tabCapture.getMediaStreamId` minted `streamId` for, with its sound (unprocessed) where there is
 * any. The tab falls silent for its owner: see `keepAudible`. An id works once.
 * The picture has the size of the tab's page in device pixels (the next smaller even numbers), also after a resize, up to 2560 a side.
 * @throws AppError `capture-forbidden` when the browser refuses this page, `capture-failed` when it can't, `timed-out`;
 * the signal's reason when aborted. No track is left running then.
 */
export async function captureTab(streamId: string, signal?: AbortSignal): Promise<MediaStream> {
  const source = { chromeMediaSource: 'tab', chromeMediaSourceId: streamId };
  const video: TabConstraints = {
    mandatory: { ...source, ...ANY_TAB_SIZE, maxFrameRate: MAX_FRAME_RATE },
  };
  const audio: TabConstraints = { mandatory: source };
  const capture = (constraints: MediaStreamConstraints) =>
    limited(() => navigator.mediaDevices.getUserMedia(constraints), CAPTURE_TIMEOUT_MS, signal);
  try {
    return await capture({ video, audio }).catch((error: unknown) => {
      if (!hasNoSound(error)) throw error;
      return capture({ video });
    });
  } catch (error) {
    throw failure(error, 'capture-forbidden', signal);
  }
}

/**
 * Lets the person choose a tab, window or screen in the browser's own picker. Unlike `captureTab` it leaves the source audible.
 * @param devices of the page, or of a frame of it.
 * @throws AppError `capture-cancelled` when nothing was chosen, `capture-failed` when the choice can't be captured, `timed-out`
 * after two minutes; the signal's reason when aborted. No track is left running then.
 */
export async function pickSource(signal?: AbortSignal, devices = navigator.mediaDevices): Promise<MediaStream> {
  const options: DisplayMediaStreamOptions = {
    video: {
      width: { max: MAX_SIDE_PIXELS },
      height: { max: MAX_SIDE_PIXELS },
      frameRate: { max: MAX_FRAME_RATE },
    },
    audio: UNPROCESSED,
  };
  try {
    return await limited(() => devices.getDisplayMedia(options), PICKER_TIMEOUT_MS, signal);
  } catch (error) {
    throw failure(error, 'capture-cancelled', signal);
  }
}

/** A browser's capture call can't be taken back: whatever arrives after the limit is stopped. */
async function limited(start: () => Promise<MediaStream>, limitMs: number, signal?: AbortSignal): Promise<MediaStream> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(limitMs);
  const stop = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const starting = start();
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(stop.reason);
      starting.then(
        (stream) => stopTracks(stream),
        () => undefined,
      );
    };
    stop.addEventListener('abort', giveUp);
    // The limit is for starting: what has started in time runs until somebody stops it.
    starting.then(resolve, reject).finally(() => stop.removeEventListener('abort', giveUp));
  });
}

/** These name what was asked for and isn't there; with the picture alone it may work. */
function hasNoSound(error: unknown): boolean {
  return ['NotFoundError', 'NotReadableError'].includes(nameOf(error));
}

/** `refused` is what the browser's NotAllowedError means for this call. */
function failure(error: unknown, refused: ErrorCode, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const name = nameOf(error);
  if (name === 'TimeoutError') return new AppError('timed-out', { cause: error });
  return new AppError(name === 'NotAllowedError' ? refused : 'capture-failed', { cause: error });
}

/** A DOMException of a frame is none of this page's. */
function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
