import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { blockOf, createLeafInput, hashLeaf, TreeHash } from '../../extension/core/files/tree-hash.ts';

/** The published Certificate Transparency vectors: root over the first n of these leaves. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

async function leaf(content: Uint8Array): Promise<Uint8Array> {
  const input = createLeafInput(content.length);
  blockOf(input).set(content);
  return hashLeaf(input);
}

/** RFC 6962 section 2.1, word for word. */
function merkle(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (!first) return createHash('sha256').digest();
  if (leaves.length === 1) return createHash('sha256').update(Uint8Array.of(0)).update(first).digest();
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return createHash('sha256')
    .update(Uint8Array.of(1))
    .update(merkle(leaves.slice(0, split)))
    .update(merkle(leaves.slice(split)))
    .digest();
}

describe('tree hash', () => {
  it.each(ROOTS.map((root, count) => ({ count, root })))(
    'matches the published root of $count leaves',
    async ({ count, root }) => {
      const tree = new TreeHash();
      for (const content of LEAVES.slice(0, count)) tree.push(await leaf(Buffer.from(content, 'hex')));
      expect(hex(tree.root())).toBe(root);
    },
  );

  it('matches the definition for every number of leaves up to 70, and can go on after a root was asked for', async () => {
    const tree = new TreeHash();
    const contents: Uint8Array[] = [];
    for (let count = 0; count <= 70; count++) {
      expect(hex(tree.root())).toBe(hex(merkle(contents)));
      const content = Uint8Array.of(count, count);
      contents.push(content);
      tree.push(await leaf(content));
    }
  });
});
