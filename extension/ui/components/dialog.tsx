import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../text.ts';
import { useModel } from './model-context.ts';

export interface DialogProps {
  readonly title: string;
  /** What is asked; without it the dialog only tells. */
  readonly action?: string;
  readonly onAction?: () => Promise<unknown>;
  readonly children: ComponentChildren;
}

/** Tells something, or asks before something is done. The browser keeps the focus inside and gives it back. */
export function Dialog({ title, action, onAction, children }: DialogProps) {
  const model = useModel();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // Removed without that, it would not give the focus back.
    return () => current?.close();
  }, []);
  const close = () => {
    model.overlay.value = null;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (onAction) model.watch(onAction());
    close();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} onClose={close}>
      <form onSubmit={submit}>
        <h2>{title}</h2>
        {children}
        <div class="choices">
          <button type="button" class="btn" onClick={close}>
            {t(action ? 'cancel' : 'close')}
          </button>
          {action && (
            <button type="submit" class="btn primary">
              {action}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}
