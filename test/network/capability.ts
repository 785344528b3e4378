import { spawnSync } from 'node:child_process';
import { NoNetworkError } from './namespace.ts';
import { openNetwork } from './nat.ts';

/** What the network tests need of the system, and the package that Debian has it in. */
const PROGRAMS = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
  tc: 'iproute2',
  iptables: 'iptables',
  conntrack: 'conntrack',
  openssl: 'openssl',
  turnserver: 'coturn',
} as const;

/** Why the network tests can't run here, in one sentence without an end; null when they can. */
export async function whyNoNetwork(): Promise<string | null> {
  if (process.platform !== 'linux') return 'they need the network namespaces of Linux';
  const missing = Object.entries(PROGRAMS).filter(([program]) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, name]) => name))];
    return `${missing.map(([program]) => program).join(', ')} missing (Debian: apt install ${packages.join(' ')})`;
  }
  try {
    await (await openNetwork()).close();
    return null;
  } catch (error) {
    if (error instanceof NoNetworkError) return error.message;
    throw error;
  }
}

/** Run by itself it prints why not, and ends with 1, or nothing. */
if (process.argv[1] === import.meta.filename) {
  const why = await whyNoNetwork();
  if (why !== null) {
    console.log(why);
    process.exitCode = 1;
  }
}
