import { createServer } from 'node:http';
import { build } from 'vite';

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** What the pages of an extension are held to. */
const POLICY = "script-src 'self'; object-src 'self'";

/** Bundles a module with its workers and serves it as the only script of a page on a loopback port, under the extension's policy. */
export async function serveModule(entry: string): Promise<Site> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      rollupOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  if (!result || !('output' in result)) throw new Error('The page was not bundled.');
  const files = new Map(
    result.output.map((part) => [`/${part.fileName}`, part.type === 'chunk' ? part.code : part.source]),
  );
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', POLICY);
    const script = files.get(request.url ?? '');
    if (script) response.setHeader('content-type', 'text/javascript').end(script);
    else if (request.url === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><title>Files</title><input type="file"><script type="module" src="/page.js"></script>',
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
