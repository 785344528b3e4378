import { numberedName, safeName } from './safe-name.ts';

interface Folder {
  /** Folded names of everything in it. */
  readonly names: Set<string>;
  /** By the folded name that the sender gave it. */
  readonly folders: Map<string, { name: string; folder: Folder }>;
  /** The last number given to each folded name. */
  readonly numbers: Map<string, number>;
}

/** Makes the paths of one transfer safe, and different where names that differ only in case are the same. */
export class UniquePaths {
  readonly #root = createFolder();

  /** `path`: names separated by slashes. Whatever leads upwards, or nowhere, is left out: the result never leads outside. */
  add(path: string): string {
    const names = path.split('/').filter((name) => name !== '' && name !== '.' && name !== '..');
    const file = names.pop() ?? '';
    const parents: string[] = [];
    let folder = this.#root;
    for (const name of names) {
      const child = enter(folder, safeName(name));
      parents.push(child.name);
      folder = child.folder;
    }
    return [...parents, take(folder, safeName(file))].join('/');
  }
}

function createFolder(): Folder {
  return { names: new Set(), folders: new Map(), numbers: new Map() };
}

function enter(parent: Folder, name: string): { name: string; folder: Folder } {
  const known = parent.folders.get(fold(name));
  if (known) return known;
  const child = { name: take(parent, name), folder: createFolder() };
  parent.folders.set(fold(name), child);
  return child;
}

/** The name, or the next one like it that is free. */
function take(folder: Folder, name: string): string {
  const key = fold(name);
  let free = name;
  let number = folder.numbers.get(key) ?? 0;
  while (folder.names.has(fold(free))) free = numberedName(name, ++number);
  folder.numbers.set(key, number);
  folder.names.add(fold(free));
  return free;
}

/** Equal for names that some file system takes for the same. */
function fold(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase();
}
