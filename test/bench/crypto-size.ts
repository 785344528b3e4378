import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { PROJECT_DIR } from '../support/build.ts';

const CORE = join(PROJECT_DIR, 'extension', 'core');
const ENTRY = '\0everything';
const WORD_LIST = /@scure\/bip39\/wordlists/;
/** What the extension is made of without cryptography and pairing: it would be there anyway. */
const PRESENT = /^(peerjs|valibot|idb|@preact\/signals-core)$|\/(signalling|shared|link|session|protocol)\//;

/** How much the cryptography and the pairing add to the extension, and the list of words beside it: bundled, minified and gzipped. */
export async function cryptoSize(): Promise<{ cryptoGzipBytes: number; wordListGzipBytes: number }> {
  const folders = await Promise.all(
    ['crypto', 'pairing'].map(async (folder) => {
      const files = await readdir(join(CORE, folder));
      return files.filter((file) => file.endsWith('.ts')).map((file) => join(CORE, folder, file));
    }),
  );
  const files = folders.flat();
  const everything = files.map((file, index) => `export * as part${index} from ${JSON.stringify(file)};`).join('\n');
  const wordList = `export * from '@scure/bip39/wordlists/english.js';`;
  return {
    cryptoGzipBytes: await gzippedBytes(everything, (id) => WORD_LIST.test(id) || PRESENT.test(id)),
    wordListGzipBytes: await gzippedBytes(wordList, () => false),
  };
}

async function gzippedBytes(entry: string, isLeftOut: (id: string) => boolean): Promise<number> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    root: PROJECT_DIR,
    plugins: [
      {
        name: 'everything',
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) => (id === ENTRY ? entry : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: 'esnext',
      rollupOptions: {
        input: ENTRY,
        external: (id) => id !== ENTRY && isLeftOut(id),
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const [result] = Array.isArray(output) ? output : [output];
  if (!result || !('output' in result)) throw new Error('Nothing was bundled.');
  return result.output.reduce((sum, part) => sum + (part.type === 'chunk' ? gzipSync(part.code).length : 0), 0);
}
