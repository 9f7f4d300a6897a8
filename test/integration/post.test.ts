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

  describe('prepared', () => {
    async function counting() {
      let connections = 0;
      const server = http.createServer((_incoming, response) => response.end());
      server.on('connection', () => connections++);
      const url = await listening(server);
      return { server, url, connections: () => connections };
    }
    const prepare = (post: ReturnType<typeof createPost>, url: string) =>
      post.prepare?.({ method: 'POST', url });

    it('is connected before it is posted, once', async () => {
      const { server, url, connections } = await counting();
      const post = createPost(systemClock);
      prepare(post, url);
      prepare(post, `${url}another`);
      await expect.poll(connections).toBe(1);
      expect(await post(request(url))).toBe(200);
      prepare(post, url);
      expect(await post(request(url))).toBe(200);
      expect(connections()).toBe(1);
      server.closeAllConnections();
    });

    it('connects again where that has broken in the meantime, and nothing was sent twice', async () => {
      const sent: string[] = [];
      const server = net.createServer();
      const accepted: net.Socket[] = [];
      server.on('connection', (socket) => {
        if (accepted.push(socket) === 1) return socket.destroy();
        return socket.once('data', (data) => {
          sent.push(String(data));
          socket.end('HTTP/1.1 204 No Content\r\n\r\n');
        });
      });
      const url = await listening(server);
      const post = createPost(systemClock);
      prepare(post, url);
      await expect.poll(() => accepted[0]?.closed).toBe(true);
      await new Promise(setImmediate);
      expect(await post(request(url))).toBe(204);
      expect([accepted.length, sent.length]).toEqual([2, 1]);
    });

    it('is given up when it lay idle, or nobody comes for it', async () => {
      const timers: (() => void)[] = [];
      let now = 0;
      const after = (_ms: number, work: () => void) => {
        timers.push(work);
        return () => {};
      };
      const { server, url, connections } = await counting();
      const post = createPost({ ...systemClock, now: () => now, after });
      prepare(post, url);
      await expect.poll(connections).toBe(1);
      now = 4_001;
      expect(await post(request(url))).toBe(200);
      expect(connections()).toBe(2);
      now = 9_000;
      prepare(post, url);
      await expect.poll(connections).toBe(3);
      for (const over of timers) over();
      server.closeAllConnections();
    });

    it('neither throws nor keeps anything for what cannot be reached', async () => {
      const post = createPost(systemClock);
      prepare(post, 'no url');
      prepare(post, 'http://127.0.0.1:9/');
      await expect(post(request('http://127.0.0.1:9/'))).rejects.toMatchObject({ sent: false });
    });
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

  it('is in doubt when a kept connection breaks, and isn’t repeated', async () => {
    let [requests, connections] = [0, 0];
    const server = http.createServer((incoming, response) => {
      requests++;
      if (requests === 1) response.end();
      else incoming.socket.destroy();
    });
    server.on('connection', () => connections++);
    const url = await listening(server);
    const post = createPost(systemClock);
    await post(request(url));
    await expect(post(request(url))).rejects.toMatchObject({ name: 'PostFailed', sent: true });
    expect([requests, connections]).toEqual([2, 1]);
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
    const hasty = createPost(systemClock, { connect_ms: 300, total_ms: 250 });
    await expect(hasty(request(url))).rejects.toMatchObject({
      sent: true,
      message: 'no answer within 250 ms',
    });
  });
});
