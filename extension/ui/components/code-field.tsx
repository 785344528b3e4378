import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { type CodeEntry, takeWord } from '../models/code-entry.ts';
import { t } from '../text.ts';
import { CodeParts } from './code-parts.tsx';
import { WordOptions } from './word-options.tsx';

const FIELD = 'code';
const LIST = 'code-words';

export interface CodeFieldProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly text: string;
  /** What stands in the field, read. */
  readonly entry: CodeEntry;
  /** The id of the element that tells what is wrong, and whether something is. */
  readonly problemId: string;
  readonly hasProblem: boolean;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
}

/** One field for a whole code: four letters decide a word, Tab or Enter takes it. */
export function CodeField({ input, text, entry, problemId, hasProblem, isReadOnly, onChange }: CodeFieldProps) {
  const [selected, setSelected] = useState(0);
  const [isListOpen, setListOpen] = useState(true);
  const options = isListOpen ? entry.options : [];
  const active = options[Math.min(selected, options.length - 1)];

  const change = (next: string) => {
    setSelected(0);
    setListOpen(true);
    onChange(next);
  };
  const take = (word: string) => {
    change(takeWord(text, word));
    setListOpen(false);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || !active) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setSelected((selected + step + options.length) % options.length);
    else if (event.key === 'Escape') setListOpen(false);
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) take(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div class="entry">
        <label for={FIELD}>{t('entry_label')}</label>
        <div class="combo" data-problem={hasProblem} data-long={entry.isSecret}>
          <span class="ghost" aria-hidden="true">
            <i>{text}</i>
            {active && entry.ghost && active.endsWith(entry.ghost) && <u>{entry.ghost}</u>}
          </span>
          <input
            id={FIELD}
            ref={input}
            value={text}
            role="combobox"
            aria-expanded={options.length > 0}
            aria-controls={LIST}
            aria-autocomplete="both"
            aria-activedescendant={active ? `${LIST}-${active}` : undefined}
            aria-invalid={hasProblem}
            aria-describedby={problemId}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            readOnly={isReadOnly}
            onInput={(event) => change(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </div>
      </div>
      {!entry.isSecret && <CodeParts parts={entry.parts} />}
      <WordOptions id={LIST} options={options} active={active} onTake={take} />
    </>
  );
}
