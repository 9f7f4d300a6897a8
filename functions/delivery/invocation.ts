import { Failure } from '../runtime/errors.ts';
import type { Sign } from '../runtime/sigv4.ts';
import type { Post } from './post.ts';

interface Parts {
  /** Of the function in Lambda's API: `…/2015-03-31/functions/<name>/invocations`. */
  readonly url: string;
  readonly sign: Sign;
  readonly post: Post;
}

const HEADERS = { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' };
const TRIES = 2;

/**
 * Invokes a function without waiting for it; resolves once Lambda has taken the payload. Tried
 * twice, whatever went wrong: who is invoked must bear it twice anyway. Throws when neither try was
 * taken. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createInvocation({ url, sign, post }: Parts) {
  return async function invoke(payload: object, signal: AbortSignal): Promise<void> {
    const request = { method: 'POST', url, headers: HEADERS, body: JSON.stringify(payload) };
    for (let attempt = 1; ; attempt++) {
      const status = await postSigned(request).catch((error: unknown) => ({ error }));
      if (status === 202) return;
      signal.throwIfAborted();
      if (attempt < TRIES) continue;
      if (typeof status === 'object') throw status.error;
      throw new Failure(
        `Lambda answered ${status}: check JOB_FUNCTION_URL and the permission lambda:InvokeFunction`,
      );
    }
  };

  async function postSigned(request: Parameters<Post>[0]): Promise<number> {
    return post({ ...request, headers: await sign(request) });
  }
}
