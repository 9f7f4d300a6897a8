import { EVENT_TIMEOUT_MS } from './simulator/behaviour.ts';

/** Posts events to the webhook over real HTTP, as AI Flow does. Rejects on a time-out or a lost connection. */
export const webhookClient =
  (url: string, token: string) =>
  async (event: unknown): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${url}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'ai-flow-simulator', 'x-api-token': token },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(EVENT_TIMEOUT_MS),
    });
    return { status: response.status, body: await response.text() };
  };
