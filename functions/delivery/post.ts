import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../runtime/clock.ts';

export interface PostRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request once and gives its status, or throws {@link PostFailed}. */
export type Post = (request: PostRequest) => Promise<number>;

/** `sent` says whether a byte of the request may have left. */
export class PostFailed extends Error {
  override readonly name = 'PostFailed';
  readonly sent: boolean;

  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.sent = sent;
  }
}

/** While somebody waits on the line. */
const PATIENCE = { connect_ms: 300, total_ms: 800 };
/** A socket that lay idle may be half closed, and one that slept through a Lambda's freeze almost certainly is. */
const IDLE_MS = 4_000;

/** Posts over kept connections with `node:https`: a first `fetch` costs 80 ms and triples the memory. */
export function createPost(clock: Clock, { connect_ms, total_ms } = PATIENCE): Post {
  const agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };
  let lastUsedAt = 0;

  return function post({ method, url, headers, body }) {
    if (clock.now() - lastUsedAt > IDLE_MS) {
      // Their sockets alone: what they know of TLS sessions makes the next one half as dear.
      agents.http.destroy();
      agents.https.destroy();
    }
    lastUsedAt = clock.now();
    const secure = url.startsWith('https:');
    const options = {
      method,
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    };

    return new Promise((resolve, reject) => {
      let connected = false;
      const request = opened();
      const cancelConnect = clock.after(connect_ms, () => {
        if (!connected) request.destroy(new Error(`no connection within ${connect_ms} ms`));
      });
      const cancelTotal = clock.after(total_ms, () =>
        request.destroy(new Error(`no answer within ${total_ms} ms`)),
      );
      const done = () => {
        cancelConnect();
        cancelTotal();
        lastUsedAt = clock.now();
      };
      request.on('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            connected = true;
          });
      });
      request.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        // Nobody reads the body, but its end gives the connection back: it has the rest of the time.
        response.on('close', done).on('error', done).resume();
      });
      request.on('error', (error) => {
        done();
        reject(new PostFailed(error.message, connected, { cause: error }));
      });
      request.end(body);

      // Throws for a URL or a header that can't be sent: nothing has left.
      function opened() {
        try {
          return secure
            ? https.request(url, { ...options, agent: agents.https })
            : http.request(url, { ...options, agent: agents.http });
        } catch (error) {
          throw new PostFailed((error as Error).message, false, { cause: error });
        }
      }
    });
  };
}
