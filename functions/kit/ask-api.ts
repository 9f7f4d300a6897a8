import type { TemplateContext } from '../assistant/template.ts';

export interface ApiRequest {
  readonly url: string;
  /** Name of the declared secret that is its bearer token. An empty one isn't sent. */
  readonly key: string;
  /** `GET` where nothing is said. */
  readonly method?: string;
  /** Goes out as JSON. */
  readonly body?: object;
  /** The same for what is asked again: a job may run twice. */
  readonly idempotency_key?: string;
  /** How long it may take, ms; without it as long as somebody waits. */
  readonly within_ms?: number;
}

/**
 * Asks an API of an author's own; gives its answer, whatever the status. A key that has been
 * changed since it was read is read again. Rejects where there is no answer in time.
 */
export async function askApi(
  { url, key, method = 'GET', body, idempotency_key, within_ms }: ApiRequest,
  { secret, signal }: Pick<TemplateContext, 'secret' | 'signal'>,
): Promise<Response> {
  const ask = async (fresh: boolean) => {
    const token = await secret(key, { fresh });
    return fetch(url, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(idempotency_key && { 'idempotency-key': idempotency_key }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: within_ms ? AbortSignal.any([signal, AbortSignal.timeout(within_ms)]) : signal,
    });
  };
  const answer = await ask(false);
  return answer.status === 401 ? ask(true) : answer;
}

/** What asked has no use for an answer. */
export class ApiFailed extends Error {
  override readonly name = 'ApiFailed';
  /** Its message may be logged, and a model may know it: it has nothing of the call in it. */
  readonly expose = true;

  /**
   * `api`: what was asked, such as the variable that its URL is in; `why`, where the status alone
   * doesn't tell.
   */
  constructor(api: string, { status }: Response, why = '') {
    super(`${api} answered ${status}${why && `, ${why}`}`);
  }
}
