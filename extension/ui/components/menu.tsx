import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Overlay } from '../models/app-model.ts';
import { useModel } from './model-context.ts';

export interface MenuProps {
  readonly overlay: Overlay;
  readonly label: string;
  readonly trigger: ComponentChildren;
  readonly children: ComponentChildren;
  /** Which corner of its button it hangs from. */
  readonly corner: 'start' | 'end' | 'above';
}

const STEPS: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** A menu below its button: arrows move in it, Escape and a click elsewhere close it, and the focus goes back to the button. */
export function Menu({ overlay, label, trigger, children, corner }: MenuProps) {
  const model = useModel();
  const root = useRef<HTMLDivElement>(null);
  const isOpen = model.overlay.value === overlay;

  useEffect(() => {
    if (!isOpen) return;
    const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const button = root.current?.querySelector<HTMLElement>('[aria-haspopup]');
    const close = () => {
      if (model.overlay.peek() === overlay) model.overlay.value = null;
    };
    const onPointer = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) close();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Tab') return close();
      const step = STEPS[event.key];
      const all = items();
      if (!step || all.length === 0) return;
      event.preventDefault();
      const focused = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
      all[step(focused, all.length)]?.focus();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey);
    (items().find((item) => item.getAttribute('aria-checked') === 'true') ?? items()[0])?.focus();
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey);
      // Whoever clicked something else has moved the focus there.
      if (document.activeElement === document.body) button?.focus();
    };
  }, [isOpen, model, overlay]);

  return (
    <div class="menu-root" ref={root}>
      {trigger}
      {isOpen && (
        <div class="menu" data-corner={corner} role="menu" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}

/** Before what was selected happens: a dialog gives the focus back to where it was. */
function focusTrigger(item: EventTarget | null): void {
  if (item instanceof Element) item.closest('.menu-root')?.querySelector<HTMLElement>('[aria-haspopup]')?.focus();
}

export interface MenuItemProps {
  readonly onSelect: () => void;
  /** Of several that exclude each other: whether it is the chosen one. */
  readonly isChosen?: boolean;
  readonly children: ComponentChildren;
}

export function MenuItem({ onSelect, isChosen, children }: MenuItemProps) {
  const model = useModel();
  const select = (event: Event) => {
    focusTrigger(event.currentTarget);
    model.overlay.value = null;
    onSelect();
  };
  const role =
    isChosen === undefined
      ? ({ role: 'menuitem' } as const)
      : ({ role: 'menuitemradio', 'aria-checked': isChosen } as const);
  return (
    <button type="button" class="menu-item" {...role} tabIndex={-1} onClick={select}>
      {children}
    </button>
  );
}
