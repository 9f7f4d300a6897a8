import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from '../runtime/clock.ts';
import { Failure } from '../runtime/errors.ts';
import { SILENT_MS } from './model.ts';

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer whose body comes piece by piece. */
export interface Streamed {
  readonly status: number;
  readonly texts: AsyncIterable<string>;
}

/**
 * Posts a request; the answer is there once its head is. Throws where none comes, or it falls
 * silent.
 */
export type Stream = (request: Request, signal: AbortSignal) => Promise<Streamed>;

/** As often as a model that has too much to do is asked again. */
const TRIES = 3;
const PAUSE_MS = 400;
/** A caller waits: who is to come back later than that isn't asked again. */
const MAX_PAUSE_MS = 3_000;
/** Too much to do: 529 is one of several providers' own. */
const BUSY: readonly number[] = [429, 500, 502, 503, 529];
const IDLE_MS = 4_000;
/** From the last word to the end of an answer. */
const ENDS_MS = 100;

/**
 * Streams over kept connections with `node:https`: a first `fetch` costs 80 ms. What is refused
 * because there is too much to do is sent again, when the server says, as long as no word of an
 * answer has come.
 */
export function createStream(clock: Clock, silent_ms = SILENT_MS): Stream {
  // A socket that slept through a Lambda's freeze is almost certainly half closed.
  const agents = {
    http: new http.Agent({ keepAlive: true, timeout: IDLE_MS }),
    https: new https.Agent({ keepAlive: true, timeout: IDLE_MS }),
  };

  return async function stream(request, signal) {
    for (let attempt = 1; ; attempt++) {
      const response = await open(request, signal);
      const { statusCode: status = 0, headers } = response;
      const pause = pauseFor(headers['retry-after'], attempt, clock.now());
      if (!BUSY.includes(status) || attempt === TRIES || pause > MAX_PAUSE_MS)
        return { status, texts: textsOf(response) };
      response.resume();
      await pausing(pause, signal);
    }
  };

  async function open({ url, headers, body }: Request, signal: AbortSignal) {
    signal.throwIfAborted();
    const options = { method: 'POST', headers, signal };
    const request = url.startsWith('https:')
      ? https.request(url, { ...options, agent: agents.https })
      : http.request(url, { ...options, agent: agents.http });
    const head = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject).end(body);
    });
    return beforeSilence(head, request);
  }

  async function beforeSilence<T>(coming: Promise<T>, from: { destroy(error: Error): unknown }) {
    const silent = new Failure(`the model was silent for ${silent_ms} ms`);
    const cancel = clock.after(silent_ms, () => from.destroy(silent));
    try {
      return await coming;
    } finally {
      cancel();
    }
  }

  async function* textsOf(response: IncomingMessage): AsyncIterable<string> {
    const texts = response.setEncoding('utf8')[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await beforeSilence(texts.next(), response);
        if (done) return;
        yield value;
      }
    } finally {
      void end(response, texts);
    }
  }

  /** A connection can be used again once its answer has ended; a model that goes on is left. */
  async function end(response: IncomingMessage, texts: AsyncIterator<string>): Promise<void> {
    const cancel = clock.after(ENDS_MS, () => response.destroy());
    try {
      while (!(await texts.next()).done);
    } catch {
      // Nobody wants it any more.
    } finally {
      cancel();
    }
  }

  function pausing(ms: number, signal: AbortSignal) {
    return new Promise<void>((go, stop) => {
      const cancel = clock.after(ms, go);
      const aborted = () => {
        cancel();
        stop(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

/** ms; `Retry-After` is in seconds, or a date. */
function pauseFor(after: string | undefined, attempt: number, now: number): number {
  if (after === undefined) return PAUSE_MS * attempt;
  const seconds = Number(after);
  return Math.max(0, Number.isNaN(seconds) ? Date.parse(after) - now : seconds * 1000);
}
