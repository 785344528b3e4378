import { AppError } from '../shared/errors.ts';
import { safeName } from './safe-name.ts';

/**
 * A folder below another, from what a person wrote: "/a/b/" is "a/b", nothing is the folder itself.
 * @throws AppError `folder-name` when one of the names isn't safe on every system, or leads out.
 */
export function parseFolder(written: string): string {
  const path = written.trim().replace(/^\/+|\/+$/g, '');
  if (path === '') return '';
  const names = path.split('/').map((name) => name.trim());
  if (names.some((name) => name !== safeName(name))) throw new AppError('folder-name');
  return names.join('/');
}
