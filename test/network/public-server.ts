import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { configFromEnvironment } from '../../peer-server/config.ts';
import { startServer } from '../../peer-server/server.ts';

/*
 * The signalling server behind TLS, as it stands on the internet: `public-server.ts ADDRESS PORT KEY CERTIFICATE`, configured by its
 * environment. What is in front of it tells it who dials, as every proxy does.
 */
const [address = '', port = '', key = '', certificate = ''] = process.argv.slice(2);
const proxy = '127.0.0.1';
const server = await startServer({
  ...configFromEnvironment(process.env),
  port: 0,
  host: proxy,
  trustedProxies: [proxy],
});

const front = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
  const behind = connect(server.port, proxy);
  socket.once('data', (head: Buffer) => {
    const [line = '', ...rest] = head.toString('latin1').split('\r\n');
    behind.write([line, `X-Forwarded-For: ${socket.remoteAddress}`, ...rest].join('\r\n'), 'latin1');
    socket.pipe(behind);
  });
  behind.pipe(socket);
  // One end without the other is of no use.
  socket.on('error', () => behind.destroy()).on('close', () => behind.destroy());
  behind.on('error', () => socket.destroy()).on('close', () => socket.destroy());
});
front.listen(Number(port), address, () => console.log('listening'));
