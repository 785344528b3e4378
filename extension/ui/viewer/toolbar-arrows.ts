import type { TargetedKeyboardEvent } from 'preact';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** Left and right lead from one control of a toolbar to the next, from its end to its beginning too. A slider keeps its arrows. */
export function stepThrough(event: TargetedKeyboardEvent<HTMLElement>): void {
  const { altKey, ctrlKey, currentTarget, key, metaKey, shiftKey, target } = event;
  const step = STEPS[key];
  if (!step || altKey || ctrlKey || metaKey || shiftKey || target instanceof HTMLInputElement) return;
  const controls = [...currentTarget.querySelectorAll<HTMLElement>(':is(button, input):enabled')];
  const from = controls.indexOf(target as HTMLElement);
  controls.at((from + step) % controls.length)?.focus();
  event.preventDefault();
}
