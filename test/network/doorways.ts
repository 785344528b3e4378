import { spawn } from 'node:child_process';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { PROJECT_DIR } from '../support/build.ts';
import { makeTemporaryDir } from './temporary-dir.ts';

export interface Doorways {
  close(): Promise<void>;
}

/**
 * Makes ports that somebody listens to on this side's loopback reachable at the same address in other network namespaces: servers over
 * plain http are only taken on the own computer. What goes through doesn't touch the line between the namespaces.
 */
export async function openDoorways(ends: readonly (readonly string[])[], ports: readonly number[]): Promise<Doorways> {
  const dir = await makeTemporaryDir('doorways');
  const servers = await Promise.all(ports.map((port) => listen(join(dir.path, String(port)), port)));
  const forwards = ends.map((end) => forward(end, dir.path, ports));
  const close = async () => {
    for (const { child } of forwards) child.stdin.end();
    await Promise.all(forwards.map(({ exited }) => exited));
    for (const server of servers) server.close();
    await dir.remove();
  };
  try {
    await Promise.all(forwards.map(({ ready }) => ready));
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(path: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      const other = connect(port, '127.0.0.1');
      socket.pipe(other).pipe(socket);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
      other.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    });
    server.once('error', reject).listen(path, () => resolve(server));
  });
}

function forward([command = '', ...prefix]: readonly string[], dir: string, ports: readonly number[]) {
  const script = join(import.meta.dirname, 'forward.ts');
  const args = [...prefix, process.execPath, '--import', 'tsx', script, dir, ...ports.map(String)];
  const child = spawn(command, args, { cwd: PROJECT_DIR, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', () => resolve());
    child.once('close', () => reject(new Error('The doorway of a namespace did not open.')));
  });
  // Whoever closes doesn't wait for it any more.
  ready.catch(() => undefined);
  return { child, exited, ready };
}
