import { toEvent } from '../local/http-api.ts';

export const TOKEN = 'bench-token';

/** An AI Flow event as API Gateway hands it to the webhook, sent `at` (ms since 1970). */
export async function webhookRequest(event: object, at = Date.now()) {
  const request = await toEvent(
    new Request('http://127.0.0.1/webhook', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-token': TOKEN },
      body: JSON.stringify(event),
    }),
  );
  return { ...request, requestContext: { ...request.requestContext, timeEpoch: at } };
}
