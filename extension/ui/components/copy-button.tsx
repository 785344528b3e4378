import { useEffect, useState } from 'preact/hooks';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

const COPIED_MS = 2_000;

/** Copies a text and says so for a moment. */
export function CopyButton({ text }: { text: string }) {
  const model = useModel();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => model.toasts.show({ text: t('copy_failed') }),
    );
  return (
    <button type="button" class="btn" onClick={copy}>
      <Icon name={copied ? 'tick' : 'copy'} small />
      <span aria-live="polite">{copied ? t('copied') : t('copy')}</span>
    </button>
  );
}
