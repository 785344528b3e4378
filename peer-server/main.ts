import { ConfigError, configFromEnvironment } from './config.ts';
import { ListenError, type RunningServer, startServer } from './server.ts';

async function start(): Promise<RunningServer> {
  try {
    return await startServer(configFromEnvironment(process.env));
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ListenError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const server = await start();
console.log(`Pairwise signalling server: ${server.url}`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    // Asked twice: someone is in a hurry.
    if (stopping) process.exit(1);
    stopping = true;
    await server.close();
    process.exit(0);
  });
}
