import { t } from '../text.ts';

export interface WordOptionsProps {
  readonly id: string;
  readonly options: readonly string[];
  readonly active: string | undefined;
  readonly onTake: (word: string) => void;
}

/** The words that the letters typed can become. The field keeps the focus and names the active one. */
export function WordOptions({ id, options, active, onTake }: WordOptionsProps) {
  return (
    <div id={id} class="options entry" role="listbox" aria-label={t('entry_words')} hidden={options.length === 0}>
      {options.map((word) => (
        <button
          key={word}
          type="button"
          id={`${id}-${word}`}
          class="option"
          role="option"
          tabIndex={-1}
          aria-selected={word === active}
          // The field must not lose the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(word)}
        >
          {word}
          {word === active && <kbd>Tab</kbd>}
        </button>
      ))}
    </div>
  );
}
