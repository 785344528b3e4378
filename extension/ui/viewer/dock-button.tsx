import type { JSX } from 'preact';

export interface DockButtonProps {
  icon: JSX.Element;
  label: string;
  /** The key that does the same. */
  shortcut: string;
  /** For what is on or off. */
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

/** One of the controls over the picture. */
export function DockButton({ icon, label, shortcut, pressed, disabled = false, onClick }: DockButtonProps) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      aria-keyshortcuts={shortcut}
      title={`${label} (${shortcut})`}
      disabled={disabled}
      onClick={onClick}
    >
      {icon}
    </button>
  );
}
