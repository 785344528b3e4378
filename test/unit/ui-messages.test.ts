import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../extension/core/shared/errors.ts';
import messages from '../../extension/public/_locales/en/messages.json' with { type: 'json' };

const texts: Readonly<Record<string, { message: string }>> = messages;

test('the texts are sorted, so that two changes meet where they belong', () => {
  const keys = Object.keys(texts);
  expect(keys).toEqual(keys.toSorted());
});

test.each(ERROR_CODES)('%s says what failed and what to do, calmly', (code) => {
  const sentence = texts[`error_${code.replaceAll('-', '_')}`]?.message ?? '';
  expect(sentence).toMatch(/^(\p{Lu}|\$1).{20,}\.$/u);
  expect(sentence).not.toMatch(/!|oops|sorry|success|invalid|error/i);
  // A name that is not known becomes "The other browser", which only begins a sentence.
  expect(sentence.replace(/^\$1|(?<=\. )\$1/g, '')).not.toContain('$1');
});

test('nothing shown is empty', () => {
  for (const [key, { message }] of Object.entries(texts)) expect(message.trim(), key).not.toBe('');
});
