import * as z from 'zod/mini';
import type { Target } from '../call/call-store.ts';
import type { Json, Rules } from '../call/document.ts';
import { type ActionDraft, parseActionDraft } from '../protocol/actions.ts';
import { MAX_ACCOUNT_ID } from '../protocol/events.ts';
import { InvalidValue, parse } from '../protocol/invalid.ts';
import { phoneNumberSchema } from '../protocol/phone-number.ts';
import { sessionIdSchema } from '../protocol/session-id.ts';
import { MAX_LABEL_BYTES } from '../sessions/limits.ts';
import { saying } from './wording.ts';

/** Too late is not spoken at all. */
const MAX_AGE_SECONDS = 30;
const MAX_AGE_ALLOWED_SECONDS = 24 * 3600;
export const MAX_FOLLOW_UPS = 10;
const MAX_CONTEXT_BYTES = 4 * 1024;

/** Something that cuts what is being said and says something else. Times are ms since 1970. */
export interface Interruption {
  readonly id: string;
  readonly target: Target | { readonly session_id: string; readonly account_id?: string };
  /** The one call, of those that the target names, whose turn it is. */
  readonly passed_on_for?: string;
  /** Goes out in one request, in this order. */
  readonly actions: readonly ActionDraft[];
  /** The `speak` or `audio` among the actions; without one it is silence. */
  readonly replacement?: ActionDraft;
  /** What the template of the call is to word instead: a JSON document. */
  readonly context?: Json;
  /** Waits until the replacement has been heard: array entries don't wait for playback. */
  readonly follow_up: readonly ActionDraft[];
  readonly triggered_at: number;
  readonly expires_at: number;
  /** When it still makes sense. */
  readonly rules: Rules;
  /** Say again afterwards what was cut, and what followed it. */
  readonly resume: boolean;
  readonly dry_run: boolean;
  /** The id of a waiting interruption that is to be dropped instead. */
  readonly cancel?: string;
  /** As it was sent, for passing it on: a clip by name is still a name. */
  readonly request: Omit<InterruptionRequest, 'play'> & { readonly play?: unknown };
}

/** What the envelope knows, for what the sender left out. */
export interface Defaults {
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  /** The one call that it has been passed on for. */
  readonly passed_on_for?: string;
}

/** A request that is no interruption. Step Functions catches it by this name. */
export class InvalidInterruption extends InvalidValue {
  override readonly name = 'InvalidInterruption';
}

const ONE_TARGET = 'exactly one of session_id, label, caller, callee, everyone';

const targetSchema = z
  .strictObject(
    {
      session_id: z.optional(sessionIdSchema),
      label: z.optional(
        z
          .string()
          .check(
            z.refine(
              (label) => label !== '' && Buffer.byteLength(label) <= MAX_LABEL_BYTES,
              `must be 1–${MAX_LABEL_BYTES} bytes`,
            ),
          ),
      ),
      caller: z.optional(phoneNumberSchema),
      callee: z.optional(phoneNumberSchema),
      everyone: z.optional(z.literal(true)),
      account_id: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_ACCOUNT_ID))),
    },
    `must be an object with ${ONE_TARGET}`,
  )
  .check(
    z.refine(
      ({ account_id: _beside, ...target }) => Object.keys(target).length === 1,
      `must name ${ONE_TARGET}; account_id may stand beside it`,
    ),
  );

const timestamp = z
  .string()
  .check(
    z.regex(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
      'must be RFC 3339 such as 2026-11-23T09:00:00Z',
    ),
    z.refine(exists, 'must be a date that exists'),
  );

const idSchema = z.string().check(z.minLength(1), z.maxLength(128));
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && idSchema.safeParse(value).success;

/** An interruption as it is sent. Strict: a field that is misspelt must not be overlooked. */
export const interruptionSchema = z.strictObject({
  target: z.optional(targetSchema),
  session_id: z.optional(sessionIdSchema),
  say: z.optional(z.unknown()),
  play: z.optional(z.string()),
  context: z.optional(z.json()),
  then: z.optional(z.array(z.unknown()).check(z.maxLength(MAX_FOLLOW_UPS))),
  id: z.optional(idSchema),
  triggered_at: z.optional(timestamp),
  expires_at: z.optional(timestamp),
  max_age_seconds: z.optional(z.number().check(z.gte(0), z.lte(MAX_AGE_ALLOWED_SECONDS))),
  if_turn: z.optional(z.int().check(z.gte(0))),
  only_if_speaking: z.optional(z.boolean()),
  when: z.optional(z.enum(['now', 'after_current'])),
  not_while_caller_speaks: z.optional(z.boolean()),
  urgent: z.optional(z.boolean()),
  force: z.optional(z.boolean()),
  resume: z.optional(z.boolean()),
  dry_run: z.optional(z.boolean()),
  cancel: z.optional(idSchema),
});
export type InterruptionRequest = z.output<typeof interruptionSchema>;

/** Throws {@link InvalidInterruption}, which names the field. `now` is ms since 1970. */
export function parseInterruption(value: unknown, defaults: Defaults, now: number): Interruption {
  try {
    const request = parse(interruptionSchema, value, 'interruption');
    const target = targetOf(request);
    const passed_on_for = passedOnFor(defaults.passed_on_for, target);
    const replacement = replacementOf(request);
    const then = (request.then ?? []).map((action, index) => followUp(action, `then.${index}`));
    refuseContradictions(request, then);
    refuseLargeContext(request.context);
    const happened = request.triggered_at ? Date.parse(request.triggered_at) : defaults.at;
    // An envelope without a usable time happened now: it must expire all the same.
    const triggered_at = Number.isFinite(happened) ? Math.min(happened, now) : now;
    return {
      id: request.id ?? checkedId(defaults.id),
      target,
      ...(passed_on_for !== undefined && { passed_on_for }),
      ...saying(replacement ? [replacement] : then),
      ...(replacement && { follow_up: then }),
      ...(request.context !== undefined && { context: request.context }),
      triggered_at,
      expires_at: expiry(request, triggered_at),
      rules: rulesOf(request),
      resume: request.resume ?? false,
      dry_run: request.dry_run ?? false,
      ...(request.cancel !== undefined && { cancel: request.cancel }),
      request,
    };
  } catch (error) {
    throw error instanceof InvalidValue
      ? new InvalidInterruption(error.logged, error.field, error)
      : error;
  }
}

/** `Date` takes the 31st of February for the 3rd of March. */
function exists(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return !Number.isNaN(Date.parse(text)) && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const checkedId = (id: string) => parse(z.strictObject({ id: idSchema }), { id }, 'id').id;

/** The same interruption as a request: with the id and times that it has by now. */
export function requestOf({ request, id, triggered_at, expires_at }: Interruption): object {
  const { max_age_seconds: _age, ...rest } = request;
  const times = {
    triggered_at: new Date(triggered_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
  };
  return { ...rest, id, ...times };
}

function rulesOf(request: InterruptionRequest): Interruption['rules'] {
  const { if_turn, only_if_speaking, when, not_while_caller_speaks, urgent, force } = request;
  return {
    ...(if_turn !== undefined && { if_turn }),
    ...(only_if_speaking && { only_if_speaking }),
    ...(when === 'after_current' && { after_current: true }),
    ...(not_while_caller_speaks && { not_while_caller_speaks }),
    ...(urgent && { urgent }),
    ...(force && { force }),
  };
}

function refuseContradictions(request: InterruptionRequest, then: readonly ActionDraft[]) {
  const { resume, say, play, context, cancel, dry_run } = request;
  if (context !== undefined && (say !== undefined || play !== undefined || then.length > 0)) {
    throw new InvalidValue(
      'context lets the template word it: leave out say, play and then',
      'context',
    );
  }
  if (resume && then.some(({ type }) => type === 'hangup' || type === 'transfer')) {
    throw new InvalidValue(
      'resume and a then that ends the conversation exclude each other: leave one out',
      'resume',
    );
  }
  const words = say !== undefined || play !== undefined || context !== undefined || then.length > 0;
  const isRuled = Object.keys(rulesOf(request)).length > 0;
  if (cancel !== undefined && (words || resume || dry_run || isRuled)) {
    const rest = 'say, play, context, then, resume, dry_run and whatever must still hold';
    throw new InvalidValue(`cancel only drops what waits: leave out ${rest}`, 'cancel');
  }
}

function refuseLargeContext(context: Json | undefined) {
  const bytes = Buffer.byteLength(JSON.stringify(context) ?? '');
  if (bytes <= MAX_CONTEXT_BYTES) return;
  throw new InvalidValue(
    `context must be at most ${MAX_CONTEXT_BYTES} bytes of JSON; got ${bytes}: send a key`,
    'context',
  );
}

function targetOf({ target, session_id }: InterruptionRequest): Interruption['target'] {
  if ((target === undefined) === (session_id === undefined)) {
    throw new InvalidValue('target or session_id must be given, and not both', 'target');
  }
  if (session_id !== undefined) return { session_id };
  return target as Interruption['target'];
}

/** Whoever writes it by hand narrows a target, and never gets beyond it. */
function passedOnFor(id: string | undefined, target: Interruption['target']): string | undefined {
  if (id === undefined) return undefined;
  const { passed_on_for } = parse(
    z.strictObject({ passed_on_for: sessionIdSchema }),
    { passed_on_for: id },
    'message',
  );
  if (!('session_id' in target) || target.session_id === passed_on_for) return passed_on_for;
  throw new InvalidValue(
    'passed_on_for must be the session that the target names: leave it out',
    'passed_on_for',
  );
}

function replacementOf({ say, play }: InterruptionRequest): ActionDraft | undefined {
  if (say !== undefined && play !== undefined)
    throw new InvalidValue('say and play exclude each other', 'play');
  if (play !== undefined) return draft({ type: 'audio', audio: play }, () => 'play');
  if (typeof say === 'string') return draft({ type: 'speak', text: say }, () => 'say');
  if (say === undefined) return undefined;
  if (typeof say !== 'object' || say === null || Array.isArray(say)) {
    throw new InvalidValue('say must be a text, or an object with text or ssml', 'say');
  }
  for (const field of ['type', 'vad'].filter((name) => name in say)) {
    throw new InvalidValue(`say.${field} is not a known field here: leave it out`, `say.${field}`);
  }
  return draft({ type: 'speak', ...say }, (field) => (field ? `say.${field}` : 'say'));
}

function followUp(action: unknown, path: string): ActionDraft {
  const parsed = draft(action, (field) => (field ? `${path}.${field}` : path));
  if (parsed.type === 'barge_in') {
    throw new InvalidValue(
      `${path} must not be a barge_in: it would cut the replacement; leave it out`,
      path,
    );
  }
  return parsed;
}

function draft(value: unknown, pathOf: (field: string | undefined) => string): ActionDraft {
  try {
    return parseActionDraft(value);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const path = pathOf(error.field);
    const [told, loggedField] = [`${path}: ${error.told}`, pathOf(error.loggedField)];
    throw new InvalidValue(`${loggedField}: ${error.logged}`, path, { told, loggedField });
  }
}

function expiry({ expires_at, max_age_seconds }: InterruptionRequest, triggeredAt: number): number {
  const latest = expires_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires_at);
  const age =
    max_age_seconds ?? (expires_at === undefined ? MAX_AGE_SECONDS : Number.POSITIVE_INFINITY);
  return Math.min(latest, triggeredAt + age * 1000);
}
