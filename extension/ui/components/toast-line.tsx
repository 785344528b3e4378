import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** What went well: one line, gone after six seconds unless somebody is on it. */
export function ToastLine() {
  const { toasts } = useModel();
  const toast = toasts.current.value;
  return (
    <div
      class="toasts"
      role="status"
      onMouseEnter={() => toasts.hold()}
      onMouseLeave={() => toasts.resume()}
      onFocusIn={() => toasts.hold()}
      onFocusOut={() => toasts.resume()}
    >
      {toast && (
        <div class="toast">
          <span>{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              class="btn small"
              onClick={() => {
                toast.action?.run();
                toasts.hide();
              }}
            >
              {toast.action.label}
            </button>
          )}
          <button type="button" class="icon tight" aria-label={t('close')} onClick={() => toasts.hide()}>
            <Icon name="cross" small />
          </button>
        </div>
      )}
    </div>
  );
}
