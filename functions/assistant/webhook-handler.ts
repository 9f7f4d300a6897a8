import { RequestError } from '../runtime/errors.ts';
import { type HttpRequest, type HttpResponse, json, noContent } from '../runtime/http.ts';
import { createReceiver, type ReceiverParts } from './receiver.ts';

/**
 * The webhook: an AI Flow event in, `200` with an array of actions or `204` out. Source:
 * `api/http-webhooks`.
 */
export function createWebhookHandler(parts: ReceiverParts) {
  const { authorize, receive } = createReceiver(parts);
  const { clock, log } = parts;

  return async function handle(request: HttpRequest): Promise<HttpResponse> {
    const startedAt = clock.now();
    try {
      await authorize(request);
      const actions = await receive(request, {
        receivedAt: request.requestContext?.timeEpoch,
        startedAt,
      });
      return actions.length > 0 ? json(200, actions) : noContent();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      log.warn('refused', { status: error.status, code: error.code, field: error.field });
      return json(error.status, error.body);
    }
  };
}
