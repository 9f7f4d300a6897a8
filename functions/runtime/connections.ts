import http from 'node:http';
import https from 'node:https';
import type { Clock } from './clock.ts';

/** Where a request goes. */
export interface Destination {
  readonly method: string;
  readonly url: string;
}

interface Prepared extends Destination {
  readonly request: http.ClientRequest;
  /** ms since 1970. */
  readonly at: number;
}

/**
 * A socket that lay idle may be half closed, and one that slept through a Lambda's freeze almost
 * certainly is.
 */
const IDLE_MS = 4_000;

/**
 * Requests over kept connections with `node:https`: a first `fetch` costs 80 ms and triples the
 * memory. TLS sessions outlive their sockets, and make the next one half as dear.
 */
export function createConnections(clock: Clock) {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  const usedAt = new WeakMap<object, number>();
  const connected = new WeakSet<http.ClientRequest>();
  let prepared: Prepared | undefined;

  /** Whether a byte of a request may have left, once it has ended. */
  const isConnected = (request: http.ClientRequest) => connected.has(request);
  return { open, prepare, isConnected };

  /** Nothing leaves before its `end`. Throws for a URL or a header that can't be sent. */
  function open(to: Destination, headers: Readonly<Record<string, string>>): http.ClientRequest {
    // Nothing is opened for one that can't be sent.
    for (const [name, value] of Object.entries(headers)) http.validateHeaderValue(name, value);
    const request = takePrepared(to) ?? connect(to);
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    request.on('response', ({ socket }) => usedAt.set(socket, clock.now()));
    return request;
  }

  /**
   * Connects ahead of a request that is likely to come; one at a time, and forgotten after four
   * seconds.
   */
  function prepare(to: Destination): void {
    if (prepared || !URL.canParse(to.url) || closeIdle(agentOf(to.url)) > 0) return;
    const request = connect(to);
    const own = { ...to, request, at: clock.now() };
    prepared = own;
    const cancel = clock.after(IDLE_MS, () => prepared === own && forget());
    request.on('close', cancel);
    // Whoever comes connects again.
    request.on('error', () => prepared === own && forget());
  }

  function takePrepared({ method, url }: Destination): http.ClientRequest | undefined {
    if (prepared?.method !== method || prepared.url !== url) return undefined;
    const { request, at } = prepared;
    if (clock.now() - at > IDLE_MS) return forget();
    prepared = undefined;
    return request;
  }

  function forget(): undefined {
    const { request } = prepared ?? {};
    prepared = undefined;
    request?.destroy();
  }

  function connect({ method, url }: Destination): http.ClientRequest {
    const agent = agentOf(url);
    closeIdle(agent);
    const isSecure = agent === agents['https:'];
    const request = (isSecure ? https : http).request(url, { method, agent });
    request.on('socket', (socket) => {
      if (request.reusedSocket) connected.add(request);
      else socket.once(isSecure ? 'secureConnect' : 'connect', () => connected.add(request));
    });
    return request;
  }

  function agentOf(url: string): http.Agent {
    return agents[url.startsWith('https:') ? 'https:' : 'http:'];
  }

  /** Closes those that have been idle for too long, and gives how many are left. */
  function closeIdle({ freeSockets }: http.Agent): number {
    const free = Object.values(freeSockets).flatMap((sockets = []) => sockets);
    const idle = free.filter((socket) => clock.now() - (usedAt.get(socket) ?? 0) > IDLE_MS);
    for (const socket of idle) socket.destroy();
    return free.length - idle.length;
  }
}
