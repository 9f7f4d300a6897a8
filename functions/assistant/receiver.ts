import { asksForSecrets } from '../kit/digits.ts';
import type { Action } from '../protocol/actions.ts';
import { type AiFlowEvent, InvalidEvent, nameOf, parseEvent } from '../protocol/events.ts';
import { withoutDigits } from '../protocol/masked.ts';
import { onTheWire } from '../protocol/raw.ts';
import { RequestError } from '../runtime/errors.ts';
import { type HttpRequest, header, readJson } from '../runtime/http.ts';
import type { Recorder } from '../runtime/recorder.ts';
import type { Tokens } from '../runtime/tokens.ts';
import { type AssistantParts, createAssistant } from './assistant.ts';
import { timesFor } from './deadline.ts';
import { originOf } from './event-fact.ts';

const MAX_BYTES = 64 * 1024;

export interface ReceiverParts extends AssistantParts {
  readonly tokens: Tokens;
  readonly recorder?: Recorder | undefined;
}

/**
 * When and how an event came. Times are ms since 1970: API Gateway's, and that of the handler's
 * entry.
 */
interface Arrival {
  readonly receivedAt: number | undefined;
  readonly startedAt: number;
  readonly connection?: string;
}

/**
 * What every transport of AI Flow's events does with them. Both functions throw
 * {@link RequestError}.
 */
export function createReceiver({ tokens, ...parts }: ReceiverParts) {
  const answer = createAssistant({ ...parts, secrets: tokens.values });
  const { templates, clock, log, recorder } = parts;

  return { authorize, receive };

  async function authorize(request: HttpRequest): Promise<void> {
    // One page of the documentation calls the same header X-API-Key.
    const token = header(request, 'x-api-token') || header(request, 'x-api-key');
    if (await tokens.accepts(token)) return;
    throw new RequestError(
      401,
      'unauthorized',
      'X-API-TOKEN is missing or wrong: enter the token of this deployment in AI Flow',
    );
  }

  async function receive(request: HttpRequest, arrival: Arrival): Promise<Action[]> {
    const { receivedAt, startedAt, connection } = arrival;
    const event = read(request);
    const template = request.stageVariables?.template;
    const session_id = event.session.id;
    const times = timesFor(receivedAt, startedAt);
    const answered = await answer(event, { ...times, connection, template });
    const actions = answered.map(onTheWire);
    const took_ms = clock.now() - times.at;
    const types = actions.map(({ type }) => type);
    log.info('answered', { session_id, event: nameOf(event), took_ms, actions: types });
    const known = { at: startedAt, took_ms, actions };
    recorder?.keep(session_id, { kind: 'event', ...known, ...keepable(event, template) });
    // An answer goes out before its record is written. Nobody waits for this one.
    if (event.type === 'session_end') await recorder?.kept();
    return actions;
  }

  /** Which flow a call follows may not be certain yet: one that asks for secrets is enough. */
  function keepable(event: AiFlowEvent, template: string | undefined) {
    const possible = [...templates.all, templates.of(originOf(event, { template }))];
    return asksForSecrets(possible)
      ? ({ event: withoutDigits(event), secret: true } as const)
      : { event };
  }
}

function read(request: HttpRequest) {
  const body = readJson(request, MAX_BYTES);
  try {
    return parseEvent(body);
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    throw new RequestError(400, 'invalid_event', error.told, { field: error.field, cause: error });
  }
}
