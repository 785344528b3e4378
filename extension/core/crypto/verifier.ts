import { wordlist } from '@scure/bip39/wordlists/english.js';

/** Six words of eleven bits. */
const WORDS = 6;
const WORD_BITS = 11n;
/** The fewest bytes that hold 66 bits. */
export const VERIFIER_BYTES = 9;
const SPARE_BITS = BigInt(VERIFIER_BYTES * 8) - WORD_BITS * BigInt(WORDS);

/**
 * Six words of the BIP-39 English list that two people compare: the first 66 bits of `verifier` (9 bytes, big-endian), eleven a word.
 */
export function verifierWords(verifier: Uint8Array): string[] {
  if (verifier.length !== VERIFIER_BYTES) throw new Error(`a verifier has ${VERIFIER_BYTES} bytes`);
  const bits = verifier.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n) >> SPARE_BITS;
  return Array.from({ length: WORDS }, (_, index) => {
    const shift = WORD_BITS * BigInt(WORDS - 1 - index);
    return wordlist[Number((bits >> shift) & ((1n << WORD_BITS) - 1n))] ?? '';
  });
}
