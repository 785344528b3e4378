import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../text.ts';

/** Reads pictures of QR codes, one at a time: a new one takes the place of the last. */
export function useQrPicture(onResult: (result: { text: string } | { problem: string }) => void): {
  readonly isReading: boolean;
  read(picture: Blob): Promise<void>;
} {
  const [isReading, setReading] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const read = async (picture: Blob) => {
    running.current?.abort();
    const current = new AbortController();
    running.current = current;
    setReading(true);
    try {
      // The reader is larger than the rest of the popup.
      const { readQrPicture } = await import('../qr/read.ts');
      const reading = await readQrPicture(picture, current.signal);
      if (reading === 'none') onResult({ problem: t('entry_picture_none') });
      else if (reading === 'too-large') onResult({ problem: t('entry_picture_large') });
      else onResult(reading);
    } catch (error) {
      if (!current.signal.aborted) throw error;
    } finally {
      if (running.current === current) setReading(false);
    }
  };
  return { isReading, read };
}
