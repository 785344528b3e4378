import { useEffect, useState } from 'preact/hooks';
import { countdown } from '../models/format.ts';
import { t } from '../text.ts';
import { isUrgent } from './time-left.tsx';
import { useFirstFocus } from './use-first-focus.ts';

export interface QrPictureProps {
  readonly text: string;
  readonly leftMs: number;
  readonly lifetimeMs: number;
}

/** The long secret as a picture, which can be photographed, copied or dragged, and the time it has left. */
export function QrPicture({ text, leftMs, lifetimeMs }: QrPictureProps) {
  const source = useDrawing(text);
  const shown = useFirstFocus<HTMLElement>();
  return (
    <figure class="qr" ref={shown} tabIndex={-1} data-urgent={isUrgent(leftMs)}>
      {source ? <img src={source} alt={t('qr_alt')} /> : <span class="qr-place" />}
      <progress max={lifetimeMs} value={leftMs} aria-hidden="true" />
      <figcaption class="left">{t('show_code_left', countdown(leftMs))}</figcaption>
    </figure>
  );
}

/** The drawing as an address of its own; null until the library that draws it is there. */
function useDrawing(text: string): string | null {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    const show = (qrSvg: (text: string) => string) => {
      if (isWanted) setSource(`data:image/svg+xml,${encodeURIComponent(qrSvg(text))}`);
    };
    import('../qr/draw.ts').then(({ qrSvg }) => show(qrSvg)).catch(reportError);
    return () => {
      isWanted = false;
    };
  }, [text]);
  return source;
}
