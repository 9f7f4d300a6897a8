import { originOf } from './simulator/application.ts';
import type { Deliver } from './simulator/outbox.ts';
import { whyUnreachable } from './unreachable.ts';

/**
 * Posts events to the webhook over real HTTP, as AI Flow does. Rejects, in words, if no answer
 * comes.
 */
export const webhookClient =
  (url: string, token: string): Deliver =>
  async (event, signal) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'ai-flow-simulator',
          'x-api-token': token,
        },
        body: JSON.stringify(event),
        // Not documented: a GET of somewhere else would be no delivery.
        redirect: 'manual',
        signal,
      });
      const type = response.headers.get('content-type') ?? '';
      return { status: response.status, body: await response.text(), type };
    } catch (error) {
      throw new Error(whyUnreachable(error, originOf(url)), { cause: error });
    }
  };
