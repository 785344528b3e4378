import { useEffect, useState } from 'preact/hooks';
import { t } from '../text.ts';
import { useModel } from './model-context.ts';

/** A folder of usual size is read before anyone could read this. */
const SHOW_AFTER_MS = 300;

/** Says that what was dropped is being read: of thousands of files that takes seconds. */
export function ReadingLine() {
  const isReading = useModel().sending.isReading.value;
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isReading) return setShown(false);
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isReading]);
  return <div role="status">{isShown && <p class="total meta">{t('reading_folder')}</p>}</div>;
}
