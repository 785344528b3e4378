import { expect, test } from 'vitest';
import { isPeerJsId, newId } from '../../extension/core/shared/ids.ts';

test.each([
  ['AbCdEfGhIjKlMnOpQrStUv', true],
  ['A-CdEfGhIjKlMnOpQr_tUv', true],
  ['-bCdEfGhIjKlMnOpQrStUv', false],
  ['AbCdEfGhIjKlMnOpQrStU_', false],
  ['Ab-_EfGhIjKlMnOpQrStUv', false],
])('PeerJS and %s: %s', (id, taken) => expect(isPeerJsId(id)).toBe(taken));

test('every id has 22 characters that PeerJS accepts', () => {
  for (let index = 0; index < 2_000; index++) expect(newId()).toMatch(/^(?=.{22}$)[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/);
});
