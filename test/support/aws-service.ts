import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, vi } from 'vitest';

/**
 * Gives a function credentials, and services of AWS to ask, for each test of the file that calls
 * it.
 */
export function awsServices() {
  const servers: http.Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    vi.unstubAllEnvs();
  });
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'SECRET');
    vi.stubEnv('AWS_SESSION_TOKEN', 'TOKEN');
  });

  /** Where one is, and how many connections it took. */
  return async function service(answer: RequestListener) {
    const server = http.createServer(answer);
    servers.push(server);
    const seen = { connections: 0 };
    server.on('connection', () => seen.connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  };
}
