import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * The address of a server that passes everything on to `endpoint` at once, and keeps the first
 * answer back for `ms`. `seen` counts the requests.
 */
export async function slowFirstAnswer(endpoint: string, ms: number) {
  let seen = 0;
  const server = createServer(async (request, response) => {
    const isFirst = ++seen === 1;
    const body = Buffer.concat(await request.toArray());
    const headers = request.headers as Record<string, string>;
    const { host: _, connection: __, 'content-length': ___, expect: ____, ...passed } = headers;
    const answer = await fetch(endpoint, { method: 'POST', headers: passed, body });
    const text = await answer.text();
    if (isFirst) await new Promise((resolve) => setTimeout(resolve, ms));
    response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      .end(text);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => seen,
  };
}
