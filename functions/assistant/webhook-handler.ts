import { InvalidEvent, parseEvent } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import { RequestError } from '../runtime/errors.ts';
import { type HttpRequest, type HttpResponse, header, json, noContent, readJson } from '../runtime/http.ts';
import type { Log } from '../runtime/log.ts';
import type { Tokens } from '../runtime/tokens.ts';
import { type AssistantParts, createAssistant } from './assistant.ts';
import { timesFor } from './deadline.ts';

const MAX_BYTES = 64 * 1024;

interface Parts extends AssistantParts {
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly log: Log;
}

/** The webhook: an AI Flow event in, `200` with an array of actions or `204` out. Source: `api/http-webhooks`. */
export function createWebhookHandler({ tokens, ...parts }: Parts) {
  const answer = createAssistant(parts);
  const { clock, log } = parts;

  return async function handle(request: HttpRequest): Promise<HttpResponse> {
    const startedAt = clock.now();
    try {
      if (!(await tokens.accepts(header(request, 'x-api-token')))) {
        throw new RequestError(
          401,
          'unauthorized',
          'X-API-TOKEN is missing or wrong: enter the token of this deployment in AI Flow',
        );
      }
      const event = read(request);
      const actions = await answer(event, timesFor(request.requestContext?.timeEpoch, startedAt));
      const fields = { session_id: event.session.id, event: event.type, took_ms: clock.now() - startedAt };
      log.info('answered', { ...fields, actions: actions.map(({ type }) => type) });
      return actions.length > 0 ? json(200, actions) : noContent();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      log.warn('refused', { status: error.status, code: error.code, field: error.field });
      return json(error.status, error.body);
    }
  };
}

function read(request: HttpRequest) {
  const body = readJson(request, MAX_BYTES);
  try {
    return parseEvent(body);
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    throw new RequestError(400, 'invalid_event', error.message, { field: error.field, cause: error });
  }
}
