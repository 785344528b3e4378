import { type RunningServer, startServer } from '../../peer-server/server.ts';

/** The real signalling server on loopback, which tests can stop and start again at the same address. */
export interface TestServer {
  readonly url: string;
  /** Idempotent. */
  stop(): Promise<void>;
  /** Listens on the same port again after `stop`. */
  startAgain(): Promise<void>;
}

/** Starts the signalling server on a free port, without its log. */
export async function startTestServer(): Promise<TestServer> {
  let running: RunningServer = await startServer({ port: 0, logLevel: 'silent' });
  const { url, port } = running;
  return {
    url,
    stop: () => running.close(),
    startAgain: async () => {
      running = await startServer({ port, logLevel: 'silent' });
    },
  };
}
