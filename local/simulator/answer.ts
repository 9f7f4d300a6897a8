import {
  type Action,
  InvalidAction,
  type KnownEvent,
  parseAction,
} from '../../functions/protocol/index.ts';
import { PROMPT_MS } from './behaviour.ts';
import { Mistake, type MistakeName, pageOf } from './mistakes.ts';

/** What a webhook answered to an event. */
export interface WebhookAnswer {
  status: number;
  body: string;
  /** Its `content-type`; missing: not known. */
  type?: string;
}

/** The actions of an answer, not yet validated. Throws {@link Mistake}. */
export function readAnswer(answer: WebhookAnswer, type: KnownEvent['type']): unknown[] {
  const { status, body } = answer;
  if (status === 204) return [];
  if (status !== 200) throw new Mistake('status', `${type} ${wrongStatus(answer)}`);
  if (UNANSWERABLE.has(type))
    throw new Mistake(
      'unanswerable',
      `${type} was answered with a body: it is ignored, answer 204`,
    );
  if (isHtml(answer))
    throw new Mistake(
      'html',
      `${type} was answered with a web page: is the path of the webhook right, and does it take POST?`,
    );
  const actions = asList(parsed(body));
  if (actions) return actions;
  throw new Mistake(
    'no_action',
    `${type} was answered 200 without an action or an array; answer 204 for none, got ${kindOf(body)}`,
  );
}

/** An answer that the caller has waited for too long. */
export const lateness = (type: KnownEvent['type'], took_ms: number): Mistake | undefined =>
  took_ms > PROMPT_MS && AWAITED.has(type)
    ? new Mistake(
        'late',
        `${type} was answered late, after ${Math.round(took_ms)} ms of silence: answer within ${PROMPT_MS} ms, with something to hold the line if need be`,
      )
    : undefined;

/** Actions that came as something else than JSON. */
export const mislabelled = (
  { status, type = 'application/json' }: WebhookAnswer,
  event: KnownEvent['type'],
): Mistake | undefined =>
  status === 200 && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)
    ? new Mistake(
        'content_type',
        `${event} was answered with content-type ${wordIn(type) ?? 'nothing'}: answer with application/json`,
      )
    : undefined;

/**
 * One JSON value from outside as a list of would-be actions; `undefined` if it is neither an object
 * nor an array.
 */
export function asList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? [value] : undefined;
}

/** `undefined` for what isn't JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws {@link Mistake} for what isn't an action, or is one for another call. */
export function readAction(value: unknown, session_id: string): Action {
  const action = valid(value);
  if (action.session_id === session_id) return action;
  throw new Mistake(
    'session_id',
    `${action.type}: session_id is not that of this call: copy event.session.id`,
  );
}

const UNANSWERABLE: ReadonlySet<KnownEvent['type']> = new Set([
  'session_end',
  'user_speech_started',
]);

/** A caller waits for the answer: it is silent until then. */
const AWAITED: ReadonlySet<KnownEvent['type']> = new Set([
  'session_start',
  'user_speak',
  'dtmf_received',
  'user_input_timeout',
]);

function valid(value: unknown): Action {
  try {
    return parseAction(value);
  } catch (error) {
    if (!(error instanceof InvalidAction)) throw error;
    throw mistakeIn(value, error);
  }
}

function mistakeIn(value: unknown, error: InvalidAction): Mistake {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Given;
  const { field, loggedField, logged } = error;
  const name = wordIn(given.type);
  if (field === 'type' || name === undefined)
    return new Mistake('unknown_type', `${name ? `${name}: ` : ''}${logged}`);
  const see = pageOf(given.type as Action['type']);
  // Whose name isn't ours.
  if (field !== loggedField) {
    const unknown = field?.split('.').map(wordIn).join('.') || 'something';
    const message = `${name}: ${unknown} is not a known field: check its spelling or leave it out`;
    return new Mistake('unknown_field', message, see);
  }
  return new Mistake(nameOf(given, field), logged, see);
}

interface Given {
  type?: unknown;
  text?: unknown;
  ssml?: unknown;
}

function nameOf({ type, text, ssml }: Given, field = ''): MistakeName {
  if (field === 'session_id') return 'session_id';
  if (field === 'audio') return 'wav';
  if (type === 'speak' && /^(?:text|ssml)$/.test(field) && isEmpty(text) && isEmpty(ssml))
    return 'speak_without_text';
  return 'invalid_field';
}

const isEmpty = (text: unknown) =>
  text === undefined || text === null || (typeof text === 'string' && text.trim() === '');

/** What may be quoted: a name as programs have them, and no sentence or number. */
const wordIn = (value: unknown) =>
  typeof value === 'string' && /^[a-z_][\w/-]{0,39}(?=$|;)/i.test(value)
    ? value.split(';')[0]
    : undefined;

function wrongStatus({ status, ...answer }: WebhookAnswer): string {
  const hint =
    HINTS[status] ?? (status >= 500 ? BROKE : status >= 300 && status < 400 ? REDIRECTED : '');
  const content = isHtml({ status, ...answer }) ? ' and a web page' : '';
  return `was answered with status ${status}${content}; answer with 200 or 204${hint}`;
}

const REFUSED = ': does it expect another X-API-TOKEN than WEBHOOK_TOKEN?';
const NOT_THERE = ': is the path of the webhook right, and does it take POST?';
const REDIRECTED = ': redirects aren’t followed, give the URL that it leads to';
const BROKE = ': it broke, and its own log says why';
const HINTS: Readonly<Record<number, string>> = {
  401: REFUSED,
  403: REFUSED,
  404: NOT_THERE,
  405: NOT_THERE,
};

const isHtml = ({ body, type = '' }: WebhookAnswer) =>
  /^text\/html\b/i.test(type) || /^\s*<(?:!doctype|html)\b/i.test(body);

function kindOf(body: string): string {
  if (body.trim() === '') return 'an empty body';
  const value = parsed(body);
  if (value === undefined) return 'no JSON';
  return value === null ? 'null' : `a ${typeof value}`;
}
