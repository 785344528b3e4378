import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/*
 * Run in a network namespace: `forward.ts DIR PORT…`. Whoever connects to one of these ports on loopback there is connected with the
 * Unix socket of that name in the folder, which namespaces don't part. Says "ready", and ends with its standard input.
 */
const [dir = '', ...ports] = process.argv.slice(2);

const listening = ports.map(
  (port) =>
    new Promise<void>((resolve, reject) => {
      const server = createServer((socket) => {
        const other = connect(join(dir, port));
        socket.pipe(other).pipe(socket);
        // One end without the other is of no use.
        socket.on('error', () => other.destroy()).on('close', () => other.destroy());
        other.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      });
      server.once('error', reject).listen(Number(port), '127.0.0.1', resolve);
    }),
);
await Promise.all(listening);
process.stdin.on('end', () => process.exit(0)).resume();
console.log('ready');
