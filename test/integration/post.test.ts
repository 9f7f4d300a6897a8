import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createPost } from '../../functions/delivery/post.ts';
import { systemClock } from '../../functions/runtime/clock.ts';

const servers: net.Server[] = [];
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))),
);

async function listening(server: net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const request = (url: string, body = '{}') => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body,
});

describe('post', () => {
  it('sends the body in UTF-8 and gives the status', async () => {
    let received = '';
    const url = await listening(
      http.createServer(async (incoming, response) => {
        for await (const chunk of incoming.setEncoding('utf8')) received += chunk;
        response.writeHead(202).end('ignored');
      }),
    );
    expect(await createPost(systemClock)(request(url, '"Grüße"'))).toBe(202);
    expect(received).toBe('"Grüße"');
  });

  it('keeps its connection, but not one that has been idle', async () => {
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    let connections = 0;
    const server = http.createServer((_incoming, response) => response.end());
    server.on('connection', () => connections++);
    const url = await listening(server);
    const post = createPost(clock);
    for (now of [10_000, 11_000, 14_000]) await post(request(url));
    expect(connections).toBe(1);
    now = 18_001;
    await post(request(url));
    expect(connections).toBe(2);
    server.closeAllConnections();
  });

  it('knows that nothing left when nobody listens', async () => {
    const url = await listening(http.createServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(createPost(systemClock)(request(url))).rejects.toMatchObject({
      name: 'PostFailed',
      sent: false,
    });
  });

  it.each([
    ['a header that cannot be sent', { headers: { authorization: 'Bearer a\n' } }],
    ['a URL that is none', { url: 'ftp://127.0.0.1/' }],
  ])('knows that nothing left with %s', async (_name, over) => {
    const failing = createPost(systemClock)({ ...request('http://127.0.0.1:9/'), ...over });
    await expect(failing).rejects.toMatchObject({ name: 'PostFailed', sent: false });
  });

  it('is in doubt when the connection breaks after the request', async () => {
    const url = await listening(
      net.createServer((socket) => socket.once('data', () => socket.destroy())),
    );
    await expect(createPost(systemClock)(request(url))).rejects.toMatchObject({
      name: 'PostFailed',
      sent: true,
    });
  });

  it('waits for an answer no longer than it may', async () => {
    const sockets: net.Socket[] = [];
    const url = await listening(net.createServer((socket) => sockets.push(socket)));
    await expect(createPost(systemClock)(request(url))).rejects.toMatchObject({
      sent: true,
      message: expect.stringContaining('800 ms'),
    });
    for (const socket of sockets) socket.destroy();
  });

  it('has other patience if it is told so', async () => {
    const url = await listening(
      http.createServer((_incoming, response) =>
        setTimeout(() => response.writeHead(201).end(), 900),
      ),
    );
    const patient = createPost(systemClock, { connect_ms: 300, total_ms: 5_000 });
    expect(await patient(request(url))).toBe(201);
    const hasty = createPost(systemClock, { connect_ms: 300, total_ms: 50 });
    await expect(hasty(request(url))).rejects.toMatchObject({
      sent: true,
      message: 'no answer within 50 ms',
    });
  });
});
