import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StartStandIn } from '../flows.ts';

/**
 * Stands in for your shop on this machine, until SHOP_URL and SHOP_KEY are set, in `.env` or the
 * environment.
 */
const start: StartStandIn = async () => {
  const shop = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer local') response.writeHead(401).end();
    else if (request.url !== '/orders/4711') response.writeHead(404).end();
    else response.end('{"status":"packed"}');
  });
  await once(shop.listen(0, '127.0.0.1'), 'listening');
  const { port } = shop.address() as AddressInfo;
  return {
    env: { SHOP_URL: `http://127.0.0.1:${port}`, SHOP_KEY: 'local' },
    async stop() {
      shop.closeAllConnections();
      shop.close();
    },
  };
};

export default start;
