import type { Deliver } from './simulator/outbox.ts';

/** Posts events to the webhook over real HTTP, as AI Flow does. Rejects on a lost connection. */
export const webhookClient =
  (url: string, token: string): Deliver =>
  async (event, signal) => {
    const response = await fetch(`${url}/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'ai-flow-simulator',
        'x-api-token': token,
      },
      body: JSON.stringify(event),
      signal,
    });
    return { status: response.status, body: await response.text() };
  };
