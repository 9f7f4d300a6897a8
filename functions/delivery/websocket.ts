import { MAX_MESSAGE_BYTES } from '../runtime/aws.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Sign } from '../runtime/sigv4.ts';
import type { Channel } from './channel.ts';
import { type Post, PostFailed } from './post.ts';
import { type Attempt, refused, withRetries } from './retries.ts';

interface Parts {
  /** URL of the WebSocket API's stage. */
  readonly endpoint: string;
  readonly sign: Sign;
  readonly post: Post;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

const HEADERS = { 'content-type': 'application/octet-stream' };

/**
 * Pushes actions over the WebSocket of a call: one text frame with the array. `to` is the id of its connection.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createWebSocket({ endpoint, sign, post, clock, random }: Parts): Channel {
  return {
    async send(to, actions, until) {
      const body = JSON.stringify(actions);
      const bytes = Buffer.byteLength(body);
      if (bytes > MAX_MESSAGE_BYTES) return tooLarge(`${bytes} bytes`);
      const url = `${endpoint}/@connections/${encodeURIComponent(to)}`;
      return withRetries({ clock, random }, until, () =>
        attempt({ method: 'POST', url, headers: HEADERS, body }),
      );
    },
  };

  async function attempt(request: Parameters<Post>[0]): Promise<Attempt> {
    const headers = await sign(request);
    try {
      return judged(await post({ ...request, headers }));
    } catch (error) {
      if (!(error instanceof PostFailed)) throw error;
      if (error.sent)
        return { status: 'in_doubt', message: `API Gateway may have taken it: ${error.message}` };
      return {
        ...refused('unreachable', `API Gateway could not be reached: ${error.message}`, true),
        retry: 'pause',
      };
    }
  }
}

function judged(status: number): Attempt {
  if (status >= 200 && status < 300) return { status: 'delivered' };
  if (status === 410) return { status: 'gone' };
  if (status === 413) return tooLarge('more');
  if (status === 429 || status === 503) {
    return { ...refused('refused', `API Gateway answered ${status}`, true), retry: 'pause' };
  }
  if (status >= 500) return { status: 'in_doubt', message: `API Gateway answered ${status}` };
  const remedy = 'check WEBSOCKET_ENDPOINT and the permission execute-api:ManageConnections';
  return refused('refused', `API Gateway answered ${status}: ${remedy}`, false);
}

const tooLarge = (seen: string) =>
  refused(
    'too_large',
    `a WebSocket message is at most ${MAX_MESSAGE_BYTES} bytes; got ${seen}: say less`,
    false,
  );
