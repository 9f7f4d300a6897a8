import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { StartStandIn } from '../flows.ts';

/** Stands in for what takes results on this machine, until RESULTS_URL and RESULTS_KEY are set. `GET /results/{call}` has them. */
const start: StartStandIn = async () => {
  const results = new Map<string | undefined, unknown>();
  const server = createServer(async (request, response) => {
    const { url, method, headers } = request;
    if (headers.authorization !== 'Bearer local') response.writeHead(401).end();
    else if (method === 'PUT') {
      results.set(url, await json(request));
      response.writeHead(204).end();
    } else response.writeHead(results.has(url) ? 200 : 404).end(JSON.stringify(results.get(url)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { RESULTS_URL: `http://127.0.0.1:${port}/results`, RESULTS_KEY: 'local' },
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
};

export default start;
