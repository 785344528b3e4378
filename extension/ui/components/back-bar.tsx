import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** The header of a full-page screen. */
export function BackBar({ title }: { title: string }) {
  const model = useModel();
  return (
    <header class="bar">
      <button type="button" class="icon" aria-label={t('back')} onClick={() => model.back()}>
        <Icon name="back" />
      </button>
      <h1>{title}</h1>
    </header>
  );
}
