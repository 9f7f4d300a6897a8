import {
  type Action,
  type ActionDraft,
  InvalidAction,
  parseAction,
  parseActionDraft,
} from './actions.ts';
import { sessionIdSchema } from './session-id.ts';

/** What marks an action that isn't checked against the protocol; it never goes over the wire. */
const RAW = 'raw';
/** Bytes of JSON: a WebSocket of API Gateway takes 128 KB. */
const MAX_RAW_BYTES = 100 * 1024;

interface Raw {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * An action as it is given, for what AI Flow has learned since. Throws {@link InvalidAction}
 * without a `type`, or when it is too large.
 */
export function rawAction(fields: Raw): ActionDraft {
  const { session_id: _own, ...given } = fields;
  const action = { ...given, [RAW]: true };
  refuseRaw(action);
  return action as unknown as ActionDraft;
}

/** An action that a call flow returns, for its session. Throws {@link InvalidAction}. */
export function parseOwnAction(value: { readonly session_id: string }): Action {
  if (!isRaw(value)) return parseAction(value);
  refuseRaw(value);
  if (!sessionIdSchema.safeParse(value.session_id).success)
    throw new InvalidAction('a raw action needs the session_id of its call', 'session_id');
  return value as unknown as Action;
}

/** One that waits for a session. Throws {@link InvalidAction}. */
export function parseOwnDraft(value: unknown): ActionDraft {
  if (!isRaw(value)) return parseActionDraft(value);
  refuseRaw(value);
  return value as ActionDraft;
}

/** As AI Flow gets it. */
export function onTheWire<A extends object>(action: A): A {
  if (!isRaw(action)) return action;
  const { [RAW]: _, ...sent } = action as A & { [RAW]: true };
  return sent as unknown as A;
}

const isRaw = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && RAW in value && value[RAW] === true;

function refuseRaw(action: object): void {
  const { type } = action as Partial<Raw>;
  if (typeof type !== 'string' || type === '')
    throw new InvalidAction('a raw action needs a type: name the action', 'type');
  const bytes = Buffer.byteLength(JSON.stringify(action));
  if (bytes > MAX_RAW_BYTES)
    throw new InvalidAction(
      `a raw action must be at most ${MAX_RAW_BYTES} bytes of JSON; got ${bytes}: send less`,
    );
}
