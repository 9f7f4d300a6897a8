import { readFileSync } from 'node:fs';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a service that is asked over HTTP does wrong, on the way to it and in its answer. */
export const WAYS_TO_FAIL = [
  'connect time-out',
  'reset',
  'stall before the answer',
  'stall inside the body',
  'slow drip',
  'truncated JSON',
  'TLS failure',
  ...([400, 401, 403, 404, 409, 429, 500, 503] as const),
] as const;
export type WayToFail = (typeof WAYS_TO_FAIL)[number];

export interface FaultyService {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

const TLS = join(import.meta.dirname, '../../bench/tls');
const BEGINNING =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n{';
const DRIP_MS = 40;

/** A service on the loopback that fails in one way, each time it is asked. */
export async function faultyService(fault: WayToFail): Promise<FaultyService> {
  switch (fault) {
    case 'connect time-out':
      return unacceptingService();
    case 'reset':
      return listening(
        net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
      );
    case 'TLS failure': {
      // Its certificate is signed by nobody.
      const [key, cert] = ['key.pem', 'cert.pem'].map((file) => readFileSync(join(TLS, file)));
      return listening(https.createServer({ key, cert }), 'https');
    }
    default:
      return listening(http.createServer(answering(fault)));
  }
}

function answering(
  fault: Exclude<WayToFail, 'connect time-out' | 'reset' | 'TLS failure'>,
): RequestListener {
  switch (fault) {
    case 'stall before the answer':
      return () => {};
    case 'stall inside the body':
      return (_asked, { socket }) => socket?.write(BEGINNING);
    case 'slow drip':
      return (_asked, { socket }) => socket && drip(socket);
    case 'truncated JSON':
      return (_asked, response) => response.writeHead(200).end('{"Attributes":{"rev":{"N":"1');
    default:
      return (_asked, response) => response.writeHead(fault).end('{}');
  }
}

/** Never silent for long, and never done. */
function drip(socket: Socket): void {
  let sent = 0;
  const timer = setInterval(() => socket.write(BEGINNING.charAt(sent++) || ' '), DRIP_MS);
  socket.on('error', () => {}).on('close', () => clearInterval(timer));
}

async function listening(server: net.Server, scheme = 'http'): Promise<FaultyService> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const SLEEPING = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(workerData, 0, 0);
  process.exit();
});`;
/** What the kernel takes for a server that accepts nothing: its backlog, and some more. */
const TAKEN_ANYWAY = 4;

/** Its thread sleeps, and its backlog is full: a connection is never made, and never refused. */
async function unacceptingService(): Promise<FaultyService> {
  const wake = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(SLEEPING, { eval: true, workerData: wake });
  const port = await new Promise<number>((told) => worker.once('message', told));
  const filling = Array.from({ length: TAKEN_ANYWAY }, () =>
    net.connect(port, '127.0.0.1').on('error', () => {}),
  );
  await Promise.all(
    filling.slice(0, 2).map((socket) => new Promise((done) => socket.once('connect', done))),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const socket of filling) socket.destroy();
      const gone = new Promise((done) => worker.once('exit', done));
      Atomics.store(wake, 0, 1);
      Atomics.notify(wake, 0);
      await gone;
    },
  };
}
