import { unpairProof } from '../crypto/unpair-proof.ts';
import { toBase64Url } from '../shared/bytes.ts';
import type { SignallingMessage } from '../signalling/messages.ts';
import type { Database, StoredPeer } from './database.ts';

/** Proofs for peers that may not know yet that the pairing was ended here. */
export class Farewells {
  readonly #database: Database;
  readonly #proofs = new Map<string, Uint8Array>();

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<void> {
    for (const { id, proof } of await this.#database.farewells()) this.#proofs.set(id, proof);
  }

  /** From now on this peer is told when it knocks. */
  async add({ id, root }: StoredPeer): Promise<void> {
    const proof = await unpairProof(root);
    this.#proofs.set(id, proof);
    await this.#database.saveFarewell({ id, proof, at: Date.now() });
  }

  /** It is paired with again. */
  async delete(peerId: string): Promise<void> {
    this.#proofs.delete(peerId);
    await this.#database.deleteFarewell(peerId);
  }

  /** What a stranger who knocks is told; null when it never was a peer, or was forgotten long ago. */
  messageFor(peerId: string): SignallingMessage | null {
    const proof = this.#proofs.get(peerId);
    return proof ? { type: 'bye', proof: toBase64Url(proof) } : null;
  }
}
