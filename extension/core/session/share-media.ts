import { keepAudible } from '../media/audible.ts';
import { captureTab } from '../media/capture.ts';
import { mayAskForMicrophone, openMicrophone } from '../media/microphone.ts';
import { pickInFrame, releasePicked } from '../media/picker-frame.ts';
import { Sharer, type SharerOptions } from '../media/sharer.ts';

/** What a share needs of the browser's media. Each as in core/media. */
export interface ShareMedia {
  captureTab(streamId: string, signal: AbortSignal): Promise<MediaStream>;
  pickSource(signal: AbortSignal): Promise<MediaStream>;
  /** Lets go of what was picked. */
  releasePicked(stream: MediaStream): void;
  keepAudible(stream: MediaStream, watchMuted: (listener: (isMuted: boolean) => void) => () => void): () => void;
  openMicrophone(signal: AbortSignal): Promise<MediaStreamTrack>;
  mayAskForMicrophone(): Promise<boolean>;
  newSharer(options: SharerOptions): Pick<Sharer, keyof Sharer>;
}

export const browserMedia: ShareMedia = {
  captureTab,
  pickSource: pickInFrame,
  releasePicked,
  keepAudible,
  openMicrophone,
  mayAskForMicrophone,
  newSharer: (options) => new Sharer(options),
};
