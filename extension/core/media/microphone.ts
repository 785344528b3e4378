import { AppError } from '../shared/errors.ts';
import { stopTracks } from './tracks.ts';

/** For speech: what the browser does against echo, noise and a low voice is wanted here, unlike for the sound of a source. */
const SPEECH: MediaTrackConstraints = { autoGainControl: true, echoCancellation: true, noiseSuppression: true };

/**
 * The person's microphone, as one track. In a page that can be seen the browser asks for leave if need be; elsewhere it refuses.
 * @throws AppError `microphone-denied` without leave, `microphone-missing` when there is none that works; the signal's reason when
 * aborted. No track is left running then.
 */
export async function openMicrophone(signal: AbortSignal): Promise<MediaStreamTrack> {
  signal.throwIfAborted();
  const opening = navigator.mediaDevices.getUserMedia({ audio: SPEECH });
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    const [track] = (await Promise.race([opening, aborted])).getAudioTracks();
    if (track) return track;
    throw new AppError('microphone-missing');
  } catch (error) {
    // The call can't be taken back: what comes late is stopped.
    opening.then(
      (stream) => stopTracks(stream),
      () => undefined,
    );
    if (signal.aborted || error instanceof AppError) throw error;
    const refused = error instanceof DOMException && error.name === 'NotAllowedError';
    throw new AppError(refused ? 'microphone-denied' : 'microphone-missing', { cause: error });
  }
}

/** Whether the person has not answered for the microphone yet: a page that can be seen may still ask. */
export async function mayAskForMicrophone(): Promise<boolean> {
  return (await navigator.permissions.query({ name: 'microphone' })).state === 'prompt';
}
