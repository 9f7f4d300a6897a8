import type { Clock } from '../runtime/clock.ts';
import { createConnections, type Destination } from '../runtime/connections.ts';

export interface PostRequest extends Destination {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request once and gives its status, or throws {@link PostFailed}. */
export interface Post {
  (request: PostRequest): Promise<number>;
  /** Connects ahead of a request that is likely to come. */
  readonly prepare?: (to: Destination) => void;
}

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

/** Posts over kept connections. */
export function createPost(clock: Clock, { connect_ms, total_ms } = PATIENCE): Post {
  const connections = createConnections(clock);

  return Object.assign(post, { prepare: connections.prepare });

  function post({ body, headers, ...to }: PostRequest): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = openRequest();
      const isConnected = () => connections.isConnected(request);
      const cancelConnect = clock.after(connect_ms, () => {
        if (!isConnected()) request.destroy(new Error(`no connection within ${connect_ms} ms`));
      });
      const cancelTotal = clock.after(total_ms, () =>
        request.destroy(new Error(`no answer within ${total_ms} ms`)),
      );
      const done = () => {
        cancelConnect();
        cancelTotal();
      };
      request.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        // Nobody reads the body, but its end gives the connection back: it has the rest of the
        // time.
        response.on('close', done).on('error', done).resume();
      });
      request.on('error', (error) => {
        done();
        reject(new PostFailed(error.message, isConnected(), { cause: error }));
      });
      request.end(body);

      // Throws for a URL or a header that can't be sent: nothing has left.
      function openRequest() {
        try {
          const length = String(Buffer.byteLength(body));
          return connections.open(to, { ...headers, 'content-length': length });
        } catch (error) {
          throw new PostFailed((error as Error).message, false, { cause: error });
        }
      }
    });
  }
}
