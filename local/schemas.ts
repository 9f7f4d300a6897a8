import * as z from 'zod/mini';
import type { OutcomeEvent, SkipReason } from '../functions/call/outcome.ts';
import { DETAIL_TYPES } from '../functions/interruption/outcomes.ts';
import { interruptionSchema } from '../functions/interruption/request.ts';
import { actionDraftSchema } from '../functions/protocol/actions.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

export const toJsonSchema = (schema: z.core.$ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input' });

/** JSON Schema of an interruption as it is sent: `docs/schemas/interruption.json`. */
export function interruptionJsonSchema(): JsonSchema {
  const schema = toJsonSchema(interruptionSchema);
  const { properties = {} } = schema;
  const actions = actionSchemas();
  return {
    title: 'Interruption',
    description: 'What the fields mean: docs/interruptions.md',
    ...schema,
    ...exactlyOneOf(['target', 'session_id']),
    properties: {
      ...properties,
      target: { ...Object(properties.target), ...exactlyOneOf(TARGETS) },
      say: { anyOf: [{ type: 'string', pattern: '\\S' }, words(actions)] },
      play: { anyOf: [{ type: 'string', contentEncoding: 'base64' }, CLIP] },
      // It would cut the replacement.
      then: {
        ...Object(properties.then),
        items: { oneOf: actions.filter((action) => typeOf(action) !== 'barge_in') },
      },
    },
  };
}

const TARGETS = ['session_id', 'label', 'caller', 'callee', 'everyone'];
const CLIP: JsonSchema = {
  type: 'object',
  properties: { asset: { type: 'string' } },
  required: ['asset'],
  additionalProperties: false,
};

const exactlyOneOf = (names: readonly string[]): JsonSchema => ({
  oneOf: names.map((name) => ({ required: [name] })),
});

const actionSchemas = () => (toJsonSchema(actionDraftSchema).oneOf ?? []) as JsonSchema[];
const typeOf = ({ properties }: JsonSchema): unknown => Object(properties?.type).const;

/** A `speak` whose type is clear, and which can't choose when the caller is heard. */
function words(actions: readonly JsonSchema[]): JsonSchema {
  const speak = actions.find((action) => typeOf(action) === 'speak') ?? {};
  const { type: _type, vad: _vad, ...properties } = speak.properties ?? {};
  return { ...speak, properties, required: [], ...exactlyOneOf(['text', 'ssml']) };
}

const ids = { interruption_id: z.string(), session_id: z.optional(z.string()) };
const OF_THEN = ['cancelled', 'silenced', 'session_ended', 'in_doubt', 'refused'] as const;
export const OUTCOME_REASONS = Object.keys({
  expired: true,
  unknown_session: true,
  session_ended: true,
  transferred: true,
  duplicate: true,
  stale_turn: true,
  protected: true,
  outranked: true,
  not_speaking: true,
  queue_full: true,
  declined: true,
  cancelled: true,
  not_waiting: true,
  silenced: true,
  cut: true,
  in_doubt: true,
  refused: true,
} satisfies Record<SkipReason, true>);

const details = {
  delivered: z.object({ ...ids, resumed: z.optional(z.boolean()) }),
  heard: z.object({ ...ids, took_ms: z.optional(z.number()) }),
  skipped: z.object({
    ...ids,
    reason: z.enum(OUTCOME_REASONS),
    resumed: z.optional(z.boolean()),
    differs: z.optional(z.literal(true)),
  }),
  failed: z.object({
    ...ids,
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
    resumed: z.optional(z.boolean()),
  }),
  then_skipped: z.object({ ...ids, reason: z.enum(OF_THEN) }),
} satisfies Record<Exclude<OutcomeEvent['outcome'], 'deferred'>, z.ZodMiniType>;

/**
 * Every event that the bus carries of interruptions, by its `detail-type`. New fields may come:
 * ignore what you don't know.
 */
export const outcomeEventSchema = z.union(
  (Object.keys(details) as (keyof typeof details)[]).map((outcome) =>
    z.object({
      source: z.literal('ai-flow-lambda'),
      'detail-type': z.literal(DETAIL_TYPES[outcome]),
      detail: details[outcome],
    }),
  ),
);

/** JSON Schema of an outcome event: `docs/schemas/outcome-event.json`. */
export function outcomeEventJsonSchema(): JsonSchema {
  const title = 'Outcome of an interruption, as EventBridge delivers it';
  return { title, ...toJsonSchema(outcomeEventSchema) };
}
