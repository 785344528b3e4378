import type { JSX } from 'preact';

export interface DockButtonProps {
  icon: JSX.Element;
  label: string;
  /** The key that does the same; null where the person has switched it off. */
  shortcut: string | null;
  /** For what is on or off. */
  pressed?: boolean;
  /** Something of this computer is captured by it: red. */
  captures?: boolean;
  /** What keeps it from doing anything: read out and shown when Tab comes to it. */
  whyNot?: string | null;
  onClick: () => void;
}

/** What WAI-ARIA wants written out: plus joins keys there. */
const SPELT: Readonly<Record<string, string>> = { '+': 'Plus' };

/** What a control does, and the key that does the same. */
export function withKey(label: string, shortcut: string | null): string {
  return shortcut === null ? label : `${label} (${shortcut})`;
}

/** One of the controls over the picture. */
export function DockButton({
  icon,
  label,
  shortcut,
  pressed,
  captures = false,
  whyNot = null,
  onClick,
}: DockButtonProps) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      data-captures={captures}
      {...(shortcut === null ? {} : { 'aria-keyshortcuts': SPELT[shortcut] ?? shortcut })}
      title={whyNot ?? withKey(label, shortcut)}
      {...(whyNot === null ? {} : { 'aria-disabled': true, 'aria-description': whyNot })}
      onClick={() => whyNot === null && onClick()}
    >
      {icon}
    </button>
  );
}
