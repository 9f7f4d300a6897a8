import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi } from '../../functions/template/index.ts';

/** Sends everybody to a page where they are to sign in. */
const api = createServer(({ url }, response) =>
  url === '/login'
    ? response.end('<html>Please sign in</html>')
    : response.writeHead(302, { location: '/login' }).end(),
);
let origin = '';

beforeAll(async () => {
  await once(api.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(() => {
  api.closeAllConnections();
  api.close();
});

const ask = (request: Partial<Parameters<typeof askApi>[0]>) =>
  askApi(
    { url: `${origin}/messages`, key: 'KEY', ...request },
    { secret: async () => '', signal: AbortSignal.timeout(5_000) },
  );

it.each(['POST', 'PUT', 'DELETE'])(
  '%s has not succeeded where it is redirected',
  async (method) => {
    const answer = await ask({ method, body: { text: 'Call me back' } });
    expect(answer).toMatchObject({ ok: false, status: 302 });
  },
);

it('GET follows', async () => expect(await ask({})).toMatchObject({ ok: true, redirected: true }));
