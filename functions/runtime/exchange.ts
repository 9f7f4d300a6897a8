import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock } from './clock.ts';
import { createConnections } from './connections.ts';
import { Failure } from './errors.ts';
import type { Unsigned } from './sigv4.ts';

/** An answer of whatever status, with all of its body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Sent extends Omit<Unsigned, 'body'> {
  readonly body: string | Uint8Array;
}

/** Sends a request once. Throws when no whole answer came in time. */
export type Exchange = (request: Sent, signal?: AbortSignal) => Promise<Answer>;

interface Parts {
  /** Whom errors name. */
  readonly peer: string;
  readonly clock: Clock;
  readonly connect_ms: number;
  /** From the beginning of the connection to the end of the body. */
  readonly total_ms: number;
  readonly max_bytes: number;
}

/** Exchanges a request for its answer over kept connections. */
export function createExchange({ peer, clock, connect_ms, total_ms, max_bytes }: Parts): Exchange {
  const connections = createConnections(clock);

  return async function exchange(unsent, signal) {
    signal?.throwIfAborted();
    const request = connections.open(unsent, unsent.headers);
    const stop = () => request.destroy(signal?.reason);
    // Node's own `signal` costs more than all else of a request that is ours.
    signal?.addEventListener('abort', stop);
    const timer = limitTime(request);
    try {
      return await answerTo(request, unsent.body);
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', stop);
    }
  };

  /** One timer at a time: nearly every answer is there before the first is over. */
  function limitTime(request: ClientRequest) {
    const late = (what: string) => request.destroy(new Failure(`${peer} gave ${what}`));
    const tooLate = () => late(`no answer within ${total_ms} ms`);
    const timer = {
      cancel: clock.after(connect_ms, () => {
        const isConnecting = request.socket?.connecting ?? true;
        if (isConnecting) late(`no connection within ${connect_ms} ms`);
        else timer.cancel = clock.after(total_ms - connect_ms, tooLate);
      }),
    };
    return timer;
  }

  function answerTo(request: ClientRequest, body: Sent['body']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        bodyOf(response, max_bytes).then((body) => resolve({ status, headers, body }), reject);
      });
      request.end(body);
    });
  }
}

function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes)
        response.destroy(new Failure(`must be at most ${maxBytes} bytes: shorten it`));
    });
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', reject);
  });
}
