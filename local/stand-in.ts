import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { StandIn } from './flows.ts';

/** What a system of yours is asked, or told. */
export interface Request {
  readonly method: string;
  /** `/orders/4711`. */
  readonly path: string;
  /** Of `authorization: Bearer …`. */
  readonly key: string | undefined;
  /** JSON, unless it is a GET or DELETE. */
  readonly body: unknown;
}

/** JSON for a 200; a number is a status by itself. */
export type Reply = object | number;

/**
 * Listens on this machine until it is stopped; `env` gives its URL to the variables of a call flow.
 */
export async function standIn(
  env: (url: string) => StandIn['env'],
  reply: (request: Request) => Reply | Promise<Reply>,
): Promise<StandIn> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const body = /^(POST|PUT|PATCH)$/.test(method) ? await json(request) : undefined;
    const [, key] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    const answer = await reply({ method, path, key, body });
    const status = typeof answer === 'number' ? answer : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'number' ? '' : JSON.stringify(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: env(`http://127.0.0.1:${port}`),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
