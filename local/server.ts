import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface Server {
  url: string;
  /** Requests that came before are held until now: whoever gets an answer finds everything up. */
  serve(app: Hono, upgrade: Upgrade): void;
  stop(): Promise<void>;
}

/** Takes a connection that wants to become a WebSocket. */
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

/** Takes a port on 127.0.0.1 (0 = any); rejects with code `EADDRINUSE` if it is taken. */
export async function listen(port: number): Promise<Server> {
  const app = Promise.withResolvers<Hono>();
  const upgrade = Promise.withResolvers<Upgrade>();
  const server = createServer(
    getRequestListener(async (request, env) => (await app.promise).fetch(request, env)),
  );
  server.on('upgrade', async (...connection: Parameters<Upgrade>) =>
    (await upgrade.promise)(...connection),
  );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(served, upgrades) {
      upgrade.resolve(upgrades);
      app.resolve(served);
    },
    async stop() {
      server.close();
      // The console page's stream never ends by itself.
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
