import { cut } from '../protocol/invalid.ts';
import type { Clock } from '../runtime/clock.ts';
import { refused } from './attempts.ts';
import { createAuthorizedPost } from './authorized-post.ts';
import type { Channel, Delivery } from './channel.ts';
import { bodyTemplate, checkRequest, urlTemplate } from './external-api-shape.ts';
import type { Post } from './post.ts';

/**
 * How to reach AI Flow's "external API POST". Its public documentation names this surface and
 * nothing more, so all of it is configuration.
 */
export interface ExternalApiSettings {
  /** With `{session_id}` where the session belongs, if it belongs there. */
  readonly url: string;
  readonly method: string;
  readonly authHeader: string;
  /** Stands before the token; may be empty. */
  readonly authScheme: string;
  /** Ranges such as `200-299` or `202`, separated by commas. */
  readonly acceptedStatuses: string;
  /**
   * JSON around `"{actions}"`, and `{session_id}` where it is wanted; missing or empty for the
   * array alone.
   */
  readonly body?: string | undefined;
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

/** Throws an error that names the setting for one that nothing could be sent by. */
export function createExternalApi({ settings, ...parts }: Parts): Channel {
  checkRequest(settings);
  const accepted = statusRanges(settings.acceptedStatuses);
  const [urlOf, bodyOf] = [urlTemplate(settings.url), bodyTemplate(settings.body ?? '')];
  const { authHeader, authScheme } = settings;
  const remedy = 'check the URL, method, body and accepted statuses';
  const authorized = createAuthorizedPost({ ...parts, authHeader, authScheme, judge, remedy });

  return { send, prepare };

  async function send(
    session_id: string,
    actions: readonly object[],
    until: number,
  ): Promise<Delivery> {
    if (wouldChangeUrl(session_id)) {
      return refused('refused', 'a session id of dots alone would change the URL', false);
    }
    const body = bodyOf(session_id, actions);
    return authorized.send({ ...destinationOf(session_id), body }, until);
  }

  function prepare(session_id: string): void {
    if (!wouldChangeUrl(session_id)) authorized.prepare(destinationOf(session_id));
  }

  function destinationOf(session_id: string) {
    return { method: settings.method, url: urlOf(session_id) };
  }

  /** A URL with dots between its slashes is another one. */
  function wouldChangeUrl(session_id: string): boolean {
    return /^\.+$/.test(session_id) && urlOf(session_id) !== settings.url;
  }

  function judge(status: number): Delivery | undefined {
    if (accepted(status)) return { status: 'delivered' };
    return status === 404 || status === 410 ? { status: 'gone' } : undefined;
  }
}

/** Throws an error that names the value for anything but `200-299,304`. */
export function statusRanges(text: string): (status: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [, from, to = from] = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part) ?? [];
    if (!from)
      throw new Error(
        `EXTERNAL_API_ACCEPTED_STATUSES must look like 200-299,304; got ${cut(text)}`,
      );
    return [Number(from), Number(to)] as const;
  });
  return (status) => ranges.some(([from, to]) => status >= from && status <= to);
}
