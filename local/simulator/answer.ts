import {
  type Action,
  InvalidAction,
  type KnownEvent,
  parseAction,
} from '../../functions/protocol/index.ts';

/** What a webhook answered to an event. */
export interface WebhookAnswer {
  status: number;
  body: string;
}

/** An answer, or an action in it, that AI Flow wouldn't execute. */
export class UselessAnswer extends Error {
  override readonly name = 'UselessAnswer';
}

/** The actions of an answer, not yet validated. Throws {@link UselessAnswer}. */
export function readAnswer({ status, body }: WebhookAnswer, type: KnownEvent['type']): unknown[] {
  if (status === 204) return [];
  if (status !== 200)
    throw new UselessAnswer(`${type} was answered with status ${status}; answer with 200 or 204`);
  const actions = asList(parsed(body));
  if (!actions)
    throw new UselessAnswer(
      `${type} was answered 200 without an action or an array; answer 204 for none`,
    );
  if (actions.length > 0 && UNANSWERABLE.has(type)) {
    throw new UselessAnswer(
      `${type} was answered with ${actions.length} action(s), which are ignored; answer 204`,
    );
  }
  return actions;
}

/** One JSON value from outside as a list of would-be actions; `undefined` if it is neither an object nor an array. */
export function asList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? [value] : undefined;
}

/** Throws {@link UselessAnswer} for what isn't an action, or is one for another call. */
export function readAction(value: unknown, session_id: string): Action {
  const action = valid(value);
  if (action.session_id === session_id) return action;
  throw new UselessAnswer(
    `${action.type}: session_id must be "${session_id}", as in event.session.id; got "${action.session_id}"`,
  );
}

const UNANSWERABLE: ReadonlySet<KnownEvent['type']> = new Set([
  'session_end',
  'user_speech_started',
]);

function valid(value: unknown): Action {
  try {
    return parseAction(value);
  } catch (error) {
    if (!(error instanceof InvalidAction)) throw error;
    throw new UselessAnswer(error.message, { cause: error });
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
