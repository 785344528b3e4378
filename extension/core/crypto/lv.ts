import { concat, utf8 } from '../shared/bytes.ts';

/**
 * The fields behind each other, each after its length in bytes (LEB128), so that no two lists of fields give the same bytes.
 * Text counts as UTF-8. It is `lv_cat` of draft-irtf-cfrg-cpace-21, section 6.3; every transcript of ours is written with it.
 */
export function lv(...fields: (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  return concat(
    ...fields.flatMap((field) => {
      const bytes = typeof field === 'string' ? utf8.encode(field) : field;
      return [leb128(bytes.length), bytes];
    }),
  );
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Uint8Array.from(bytes);
}
