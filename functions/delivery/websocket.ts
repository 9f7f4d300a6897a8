import { MAX_MESSAGE_BYTES } from '../runtime/aws.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Sign } from '../runtime/sigv4.ts';
import { attempted, refused, withRetries } from './attempts.ts';
import type { Channel, Delivery } from './channel.ts';
import type { Post } from './post.ts';

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
 * Pushes actions over the WebSocket of a call: one text frame with the array. `to` is the id of its
 * connection. Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createWebSocket({ endpoint, sign, post, clock, random }: Parts): Channel {
  return {
    async send(to, actions, until) {
      const body = JSON.stringify(actions);
      const bytes = Buffer.byteLength(body);
      if (bytes > MAX_MESSAGE_BYTES) return tooLarge(`${bytes} bytes`);
      const url = `${endpoint}/@connections/${encodeURIComponent(to)}`;
      const request = { method: 'POST', url, headers: HEADERS, body };
      return withRetries({ clock, random }, until, async () =>
        attempted(API_GATEWAY, post({ ...request, headers: await sign(request) })),
      );
    },
  };
}

const API_GATEWAY = {
  name: 'API Gateway',
  judge(status: number): Delivery | undefined {
    if (status >= 200 && status < 300) return { status: 'delivered' };
    if (status === 410) return { status: 'gone' };
    return status === 413 ? tooLarge('more') : undefined;
  },
  remedy: 'check WEBSOCKET_ENDPOINT and the permission execute-api:ManageConnections',
};

const tooLarge = (seen: string) =>
  refused(
    'too_large',
    `a WebSocket message is at most ${MAX_MESSAGE_BYTES} bytes; got ${seen}: say less`,
    false,
  );
