import { spawnSync } from 'node:child_process';

/**
 * A command prefix that runs the rest in a network namespace that has nothing but loopback, so that nothing can depend on, or reach,
 * the world outside. Empty where that isn't permitted; it is said which of the two. `what` names who runs there.
 */
export function loopbackOnly(what: string): readonly string[] {
  // Everyone but root needs a user namespace as well, where they are root.
  const unshare = ['unshare', process.getuid?.() === 0 ? '-n' : '-rn', 'sh', '-c'];
  const up = 'ip link set lo up';
  const [command = '', ...args] = unshare;
  const tried = spawnSync(command, [...args, up], { encoding: 'utf8' });
  if (tried.status === 0) {
    console.log(`${what}: in a network namespace with nothing but loopback.`);
    return [...unshare, `${up} && exec "$@"`, 'sh'];
  }
  const why = tried.error?.message ?? tried.stderr.trim();
  console.log(`${what}: on plain loopback, as a network namespace isn't permitted here (${why}).`);
  return [];
}
