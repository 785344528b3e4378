import { t } from '../text.ts';

/** The six words that two people compare, numbered, so that they can be read out one by one. */
export function Words({ words }: { words: readonly string[] }) {
  return (
    <ol class="words" aria-label={t('words_label')}>
      {words.map((word, index) => (
        // The same word may come twice, and none ever moves.
        <li key={`${index}-${word}`} translate={false}>
          {word}
        </li>
      ))}
    </ol>
  );
}
