import * as z from 'zod/mini';
import { isDigits } from '../kit/digits.ts';
import { InvalidValue, parse } from '../protocol/invalid.ts';
import { ttsSchema } from '../protocol/settings.ts';
import type { Template } from './template.ts';

const handler = z.optional(z.custom((value) => typeof value === 'function', 'must be a function'));
/** What is checked elsewhere: `template.ts`. */
const said = z.optional(z.any());
const voice = z.optional(ttsSchema);
const names = z.optional(z.array(z.any()));

const silence = z.optional(
  z.strictObject({
    ask: said,
    goodbye: said,
    after_seconds: z.optional(z.number()),
    times: z.optional(z.number()),
  }),
);

const listeners = z.union(
  [
    z.literal(false),
    z.strictObject({
      words: z.optional(z.record(z.string(), z.array(z.string()))),
      resume: z.optional(z.boolean()),
    }),
  ],
  'must be false, or { words: { en: [texts] }, resume: true or false }',
);

/** Every field that a template may have; the compiler sees to it that none is missing. */
const shape = {
  onSessionStart: handler,
  onUserSpeak: handler,
  onAssistantSpeak: handler,
  onAssistantSpeechEnded: handler,
  onUserInputTimeout: handler,
  onDtmfReceived: handler,
  onSmsFailed: handler,
  onDigits: handler,
  digits: z.optional(
    z.array(z.custom(isDigits, 'must be what collectDigits() has made: digits: [pin]')),
  ),
  onUserSpeechStarted: handler,
  onSessionEnd: handler,
  onUnknownEvent: handler,
  onTrigger: handler,
  onJob: handler,
  fallback: said,
  progress: said,
  apology: said,
  voice,
  history: z.optional(z.strictObject({ turns: said })),
  assets: names,
  env: names,
  secrets: names,
  preload: z.optional(z.boolean()),
  onCallEnded: handler,
  silence,
  listeners: z.optional(listeners),
  language: z.optional(z.string()),
  transcription: z.optional(z.looseObject({})),
  texts: z.optional(z.record(z.string(), z.looseObject({ voice, silence }))),
} satisfies Record<keyof Omit<Template, 'native'>, z.ZodMiniType>;

const schema = z.strictObject(shape);

/**
 * What is wrong with a template as it is written, if anything: not every file is compiled with its
 * types. Its values are the author's own, so `told` is for everybody.
 */
export function shapeProblem(template: object): Pick<InvalidValue, 'told' | 'field'> | undefined {
  const fields = Object.keys(shape);
  const field = Object.keys(template ?? {}).find((name) => !fields.includes(name));
  if (field !== undefined)
    return {
      told: `${field} is not a field of a template: use one of ${fields.join(', ')}`,
      field,
    };
  try {
    parse(schema, template, 'a template');
    return undefined;
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
}
