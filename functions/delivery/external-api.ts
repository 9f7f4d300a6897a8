import type { Clock } from '../runtime/clock.ts';
import type { Channel, Delivery } from './channel.ts';
import { type Post, PostFailed } from './post.ts';
import { refused, withRetries } from './retries.ts';

/**
 * How to reach AI Flow's "external API POST". Its public documentation names this surface and nothing more, so all of
 * it is configuration.
 */
export interface ExternalApiSettings {
  /** With `{session_id}` where the session belongs. */
  readonly url: string;
  readonly method: string;
  readonly authHeader: string;
  /** Stands before the token; may be empty. */
  readonly authScheme: string;
  /** Ranges such as `200-299` or `202`, separated by commas. */
  readonly acceptedStatuses: string;
}

interface Parts {
  readonly settings: ExternalApiSettings;
  /** The token; `fresh` reads it again. */
  readonly token: (fresh?: boolean) => Promise<string>;
  readonly post: Post;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

export function createExternalApi({ settings, token, post, clock, random }: Parts): Channel {
  const accepted = statusRanges(settings.acceptedStatuses);

  return { send };

  async function send(session_id: string, actions: object, until: number): Promise<Delivery> {
    if (/^\.+$/.test(session_id)) return refused('refused', 'a session id of dots alone would change the URL', false);
    const request = {
      method: settings.method,
      url: settings.url.replaceAll('{session_id}', encodeURIComponent(session_id)),
      body: JSON.stringify(actions),
    };
    let fresh = false;
    return withRetries({ clock, random }, until, async () => {
      const { retry, ...delivery } = await attemptOnce(request, fresh);
      if (retry !== 'token') return { ...delivery, ...(retry && { retry }) };
      const again = !fresh;
      fresh = true;
      return { ...delivery, ...(again && { retry: 'at once' }) };
    });
  }

  async function attemptOnce(
    request: { method: string; url: string; body: string },
    fresh: boolean,
  ): Promise<Delivery & { retry?: 'pause' | 'token' }> {
    let value: string;
    try {
      value = await token(fresh);
    } catch {
      return refused('secret_unavailable', 'the external API token cannot be read', true);
    }
    const authorization = settings.authScheme ? `${settings.authScheme} ${value}` : value;
    const headers = { 'content-type': 'application/json', [settings.authHeader]: authorization };
    try {
      return judged(await post({ ...request, headers }));
    } catch (error) {
      if (!(error instanceof PostFailed)) throw error;
      if (error.sent) return { status: 'in_doubt', message: `AI Flow may have taken it: ${error.message}` };
      return { ...refused('unreachable', `AI Flow could not be reached: ${error.message}`, true), retry: 'pause' };
    }
  }

  function judged(status: number): Delivery & { retry?: 'pause' | 'token' } {
    if (accepted(status)) return { status: 'delivered' };
    if (status === 404 || status === 410) return { status: 'gone' };
    if (status === 401) return { ...refused('refused', 'AI Flow refused the token (401)', false), retry: 'token' };
    if (status === 429 || status === 503) {
      return { ...refused('refused', `AI Flow answered ${status}`, true), retry: 'pause' };
    }
    if (status >= 500) return { status: 'in_doubt', message: `AI Flow answered ${status}` };
    return refused('refused', `AI Flow answered ${status}: check the URL, method and accepted statuses`, false);
  }
}

/** Throws an error that names the value for anything but `200-299,304`. */
export function statusRanges(text: string): (status: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [, from, to = from] = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part) ?? [];
    if (!from) throw new Error(`EXTERNAL_API_ACCEPTED_STATUSES must look like 200-299,304; got ${text}`);
    return [Number(from), Number(to)] as const;
  });
  return (status) => ranges.some(([from, to]) => status >= from && status <= to);
}
