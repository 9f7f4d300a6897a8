import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, systemClock } from './clock.ts';
import { createExchange } from './exchange.ts';

/** The part of a request of the SDK that is read here. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** ms. */
interface Times {
  readonly connectionTimeout: number;
  /** From the beginning of the connection to the last byte of the answer. */
  readonly requestTimeout: number;
}

/** DynamoDB gives 1 MB of data at once, and JSON takes more room than that. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Sends the requests of a client of the SDK. Its own handler stops its clock at the first byte of an answer: a body that
 * stalls or drips is waited for without end.
 */
export function createRequestHandler(times: Times, clock: Clock) {
  const { connectionTimeout: connect_ms, requestTimeout: total_ms } = times;
  const exchange = createExchange({
    peer: 'AWS',
    clock,
    connect_ms,
    total_ms,
    max_bytes: MAX_BYTES,
  });

  return { ...times, handle, destroy() {} };

  async function handle(request: SdkRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
    const { protocol, hostname, port, path, method, headers, body = '' } = request;
    const url = `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`;
    const answer = await exchange({ method, url, headers, body }, abortSignal).catch(
      (error: unknown) => {
        throw abortSignal?.aborted ? error : retryable(error as Error);
      },
    );
    const response: SdkResponse = {
      statusCode: answer.status,
      headers: flat(answer.headers),
      body: answer.body,
    };
    return { response };
  }
}

/** For the client of a call flow that says nothing else: the SDK would wait without end. */
const TIMES: Times = { connectionTimeout: 500, requestTimeout: 1_000 };

/**
 * These stand in for `@smithy/node-http-handler` in the bundles (see `lib/bundle.ts`): a client is given the handler above,
 * whose bodies are there as a whole, or what makes one.
 */
export const NodeHttpHandler = {
  create: (given?: Partial<Times> | ReturnType<typeof createRequestHandler>) =>
    given && 'handle' in given ? given : createRequestHandler({ ...TIMES, ...given }, systemClock),
};
export const streamCollector = async (body: Uint8Array): Promise<Uint8Array> => body;

/** By this name the SDK knows what it may try again; it knows codes such as `ECONNRESET` by themselves. */
const retryable = (error: Error) =>
  'code' in error ? error : Object.assign(error, { name: 'TimeoutError' });

const flat = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
