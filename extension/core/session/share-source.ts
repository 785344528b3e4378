import type { ShareSource } from '../protocol/messages.ts';
import type { AppState } from './state.ts';

/** Something that can be captured. */
export interface Source {
  /** Empty where nobody knows it before. */
  readonly title: string;
  /** Null for what the person picks. */
  readonly tabId: number | null;
  /** @throws AppError capture codes; the signal's reason when aborted, and then nothing is captured. */
  open(signal: AbortSignal): Promise<MediaStream>;
  /** What is to be done while it is shown: the sound of a tab is played, which the capture took away. Returns the function that ends it. */
  keep(stream: MediaStream): () => void;
  /** Ends what was opened and isn't shown after all. */
  discard(stream: MediaStream): void;
}

/** What a share is like before anything of it is known. */
export const NEW_SHARE = {
  source: 'tab',
  hasAudio: false,
  status: 'starting',
  page: null,
  pause: null,
  trouble: null,
  quality: 'auto',
  content: null,
  soundOn: true,
  voice: 'off',
  peerVoice: false,
  pointing: true,
  reach: 'none',
} as const;

/** Whether anything is captured for a share. Not while the browser's picker is open, or a capture begins. */
export function isCaptured({ outgoingShare }: Pick<AppState, 'outgoingShare'>): boolean {
  return outgoingShare !== null && outgoingShare.status !== 'starting';
}

/** What was captured. A tab that was captured by its id doesn't say so. */
export function sourceOf(stream: MediaStream): ShareSource {
  const surface = stream.getVideoTracks()[0]?.getSettings().displaySurface;
  if (surface === 'window') return 'window';
  return surface === 'monitor' ? 'screen' : 'tab';
}
