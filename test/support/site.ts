import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What a site answers with: a head, and a body that may come bit by bit. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A site of the web, an origin of its own. */
export interface Site {
  readonly origin: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly { readonly path: string; readonly cookie: string | undefined }[];
  close(): Promise<void>;
}

/** Serves these paths on a free loopback port, and 404 elsewhere. */
export async function startSite(answers: Readonly<Record<string, Answer>>): Promise<Site> {
  const requests: Site['requests'][number][] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.push({ path: pathname, cookie: request.headers.cookie });
    const answer = answers[pathname];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The site has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with these bytes. */
export const gives =
  (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) =>
    void response.writeHead(200, headers).end(body);
