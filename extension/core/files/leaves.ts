import { sameBytes } from '../shared/bytes.ts';
import { HASH_BYTES, TreeHash } from './tree-hash.ts';

/** The leaf hashes of one run, as they become known in any order: 32 bytes for each MiB. */
export class Leaves {
  readonly count: number;
  readonly #hashes: Uint8Array;
  readonly #isKnown: Uint8Array;
  readonly #tree = new TreeHash();
  #known = 0;
  #firstMissing = 0;

  constructor(count: number) {
    this.count = count;
    this.#hashes = new Uint8Array(count * HASH_BYTES);
    this.#isKnown = new Uint8Array(count);
  }

  /** The lowest index without a leaf; `count` when there is none. */
  get firstMissing(): number {
    return this.#firstMissing;
  }

  get isComplete(): boolean {
    return this.#known === this.count;
  }

  has(index: number): boolean {
    return this.#isKnown[index] === 1;
  }

  /** Whether the known leaf of a block is this one. */
  matches(index: number, leaf: Uint8Array): boolean {
    return this.has(index) && sameBytes(this.#at(index), leaf);
  }

  get(index: number): Uint8Array {
    if (!this.has(index)) throw new Error('This leaf is not known.');
    return this.#at(index);
  }

  /** Copies a leaf that was not known. */
  set(index: number, leaf: Uint8Array): void {
    if (index >= this.count || this.has(index)) throw new Error('There is no place for this leaf.');
    this.#at(index).set(leaf);
    this.#isKnown[index] = 1;
    this.#known++;
    while (this.has(this.#firstMissing)) this.#tree.push(this.#at(this.#firstMissing++).slice());
  }

  /** Of all leaves. */
  root(): Uint8Array {
    if (!this.isComplete) throw new Error('Leaves are missing.');
    return this.#tree.root();
  }

  #at(index: number): Uint8Array {
    return this.#hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
