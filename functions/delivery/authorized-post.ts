import type { Clock } from '../runtime/clock.ts';
import type { Destination } from '../runtime/connections.ts';
import { type Attempt, attempted, refused, withRetries } from './attempts.ts';
import type { Undelivered } from './channel.ts';
import type { Post, PostRequest } from './post.ts';

interface Parts<T extends object> {
  /** The token; `fresh` reads it again. */
  readonly token: (fresh?: boolean) => Promise<string>;
  readonly authHeader: string;
  /** Stands before the token; may be empty. */
  readonly authScheme: string;
  /** What a status means to this endpoint; `undefined` for what it means to any. */
  readonly judge: (status: number) => T | undefined;
  /** What to check after a status that is refused for no reason of its own. */
  readonly remedy: string;
  readonly post: Post;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

/**
 * Sends requests to AI Flow, each with its token. One that may have been executed is never sent
 * again; a token that is refused is read again, once.
 */
export function createAuthorizedPost<T extends object>(parts: Parts<T>) {
  const { token, authHeader, authScheme, judge, remedy, post, clock, random } = parts;

  const aiFlow = {
    name: 'AI Flow',
    judge: (status: number) => judge(status) ?? (status === 401 ? TOKEN_REFUSED : undefined),
    remedy,
  };
  return { send, prepare };

  function prepare(to: Destination): void {
    // Whoever sends reads it again, and tells of it.
    token().catch(() => {});
    post.prepare?.(to);
  }

  /** `until` (ms since 1970): no repetition starts after it. */
  function send(request: Omit<PostRequest, 'headers'>, until: number): Promise<T | Undelivered> {
    let fresh = false;
    return withRetries<T | Undelivered>({ clock, random }, until, async () => {
      const attempt = await attemptOnce(request, fresh);
      if (attempt !== TOKEN_REFUSED) return attempt;
      const again = !fresh;
      fresh = true;
      return { ...attempt, ...(again && { retry: 'at once' }) };
    });
  }

  async function attemptOnce(
    request: Omit<PostRequest, 'headers'>,
    fresh: boolean,
  ): Promise<Attempt<T | Undelivered>> {
    let value: string;
    try {
      value = await token(fresh);
    } catch {
      return refused('secret_unavailable', 'the token for AI Flow cannot be read', true);
    }
    const authorization = authScheme ? `${authScheme} ${value}` : value;
    const headers = { 'content-type': 'application/json', [authHeader]: authorization };
    return attempted(aiFlow, post({ ...request, headers }));
  }
}

const TOKEN_REFUSED = refused('refused', 'AI Flow refused the token (401)', false);
