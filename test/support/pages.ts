import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

/** The pages that tests share and send, as files beside this one. */
export type TestPage = 'colours' | 'hello' | 'live' | 'plain';

export interface PageServer {
  /** Address of a page; `about` is what it shows as its own, its title for example. */
  url(page: TestPage, about?: Readonly<Record<string, string>>): string;
  close(): Promise<void>;
}

const PAGES_DIR = join(import.meta.dirname, 'pages');
const NAME = /^\/([a-z-]+)\.html$/;

/** Serves the test pages on a free loopback port. */
export async function startPages(): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const name = NAME.exec(path)?.[1];
    const found = name
      ? readFile(join(PAGES_DIR, `${name}.html`))
      : Promise.reject(new Error(`no page ${extname(path)}`));
    found.then(
      (body) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page server has no port.');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    url: (page, about = {}) => `${origin}/${page}.html?${new URLSearchParams(about)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
