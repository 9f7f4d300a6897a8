import * as z from 'zod/mini';
import { InvalidValue, parse } from './invalid.ts';
import { phoneNumberSchema } from './phone-number.ts';
import { sessionIdSchema } from './session-id.ts';
import {
  bargeInConfigSchema,
  languagesSchema,
  ttsSchema,
  vadSchema,
  volumeSchema,
} from './settings.ts';
import { isBlank, silenceProblem, ssmlProblem } from './ssml.ts';
import { wavProblem } from './wav.ts';

const words = z.string().check(z.refine((text) => !isBlank(text), 'must not be empty'));
const without = (problemOf: (text: string) => string | undefined) =>
  z.check<string>((context) => {
    const problem = problemOf(context.value);
    if (problem) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });
const wav = z.string().check(without(wavProblem));

type Rule = (action: Record<string, unknown>) => { path: string[]; message: string } | undefined;

const rule = (broken: Rule) =>
  z.check<Record<string, unknown>>((context) => {
    const problem = broken(context.value);
    if (problem) context.issues.push({ code: 'custom', input: context.value, ...problem });
  });

/**
 * One action type, twice: as a template builds it, and as it goes over the wire with its
 * `session_id`.
 */
function actionType<T extends string, S extends z.core.$ZodLooseShape>(
  type: T,
  shape: S,
  broken: Rule = () => undefined,
) {
  const draft = { type: z.literal(type), ...shape };
  return {
    draft: z.strictObject(draft).check(rule(broken)),
    action: z.strictObject({ ...draft, session_id: sessionIdSchema }).check(rule(broken)),
  };
}

const speak = actionType(
  'speak',
  {
    text: z.optional(words),
    ssml: z.optional(z.string().check(without(ssmlProblem))),
    tts: z.optional(ttsSchema),
    barge_in: z.optional(bargeInConfigSchema),
    user_input_timeout_seconds: z.optional(
      z.number().check(z.gt(0, 'must be above 0; leave it out for no timer')),
    ),
    vad: z.optional(vadSchema),
  },
  ({ text, ssml }) => {
    if ((text === undefined) === (ssml === undefined))
      return { path: ['text'], message: 'or ssml must be given, and not both' };
    const message = typeof ssml === 'string' && silenceProblem(ssml);
    return message ? { path: ['ssml'], message } : undefined;
  },
);

const audio = actionType('audio', { audio: wav, barge_in: z.optional(bargeInConfigSchema) });

const mixAudio = actionType(
  'mix_audio',
  {
    audio: z.optional(wav),
    volume: z.optional(volumeSchema),
    stop: z.optional(z.boolean()),
  },
  ({ audio, stop }) =>
    (audio === undefined) === !stop
      ? { path: ['audio'], message: 'or stop: true must be given, and not both' }
      : undefined,
);

const hangup = actionType('hangup', {});

const transfer = actionType('transfer', {
  target_phone_number: phoneNumberSchema,
  caller_id_name: words,
  caller_id_number: phoneNumberSchema,
  timeout: z.optional(z.int().check(z.gte(5), z.lte(120))),
});

const bargeIn = actionType('barge_in', {});

const configureTranscription = actionType('configure_transcription', {
  provider: z.optional(z.enum(['AZURE', 'DEEPGRAM', 'ELEVEN_LABS'])),
  languages: z.optional(languagesSchema),
  custom_vocabulary: z.optional(z.array(words.check(z.maxLength(200))).check(z.maxLength(100))),
  vad: z.optional(vadSchema),
});

const configureVoiceToVoice = actionType('configure_voice_to_voice', {
  system_prompt: words,
  greeting: z.optional(words),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
  language: z.optional(words),
});

const sendSms = actionType('send_sms', { phone_number: phoneNumberSchema, message: words });

/** An action as a template builds it: everything but the session it is for. */
export const actionDraftSchema = z.discriminatedUnion('type', [
  speak.draft,
  audio.draft,
  mixAudio.draft,
  hangup.draft,
  transfer.draft,
  bargeIn.draft,
  configureTranscription.draft,
  configureVoiceToVoice.draft,
  sendSms.draft,
]);
export type ActionDraft = z.output<typeof actionDraftSchema>;

/** An action as it goes over the wire. Source: `api/actions` of the AI Flow documentation. */
export const actionSchema = z.discriminatedUnion('type', [
  speak.action,
  audio.action,
  mixAudio.action,
  hangup.action,
  transfer.action,
  bargeIn.action,
  configureTranscription.action,
  configureVoiceToVoice.action,
  sendSms.action,
]);
export type Action = z.output<typeof actionSchema>;
export type ActionOf<T extends Action['type']> = Extract<Action, { type: T }>;
export type DraftOf<T extends Action['type']> = Extract<ActionDraft, { type: T }>;

/**
 * An action that AI Flow would not understand, built by a template or posted to the simulator. Its
 * message is for the author of the template and quotes the value; a log gets `logged`.
 */
export class InvalidAction extends InvalidValue {
  override readonly name = 'InvalidAction';
}

const TYPES: ReadonlySet<unknown> = new Set(
  actionDraftSchema.def.options.map(({ shape }) => shape.type.def.values[0]),
);

/** Throws {@link InvalidAction}. */
export const parseActionDraft = (value: unknown): ActionDraft => checked(actionDraftSchema, value);

/** Throws {@link InvalidAction}. */
export const parseAction = (value: unknown): Action => checked(actionSchema, value);

function checked<S extends z.ZodMiniType>(schema: S, value: unknown): z.output<S> {
  try {
    return parse(schema, value, 'action');
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const type = (value as { type?: unknown } | null)?.type;
    const told = `${typeof type === 'string' ? `${type.slice(0, 40)}: ` : ''}${error.told}`;
    const logged = `${TYPES.has(type) ? `${type}: ` : ''}${error.logged}`;
    throw new InvalidAction(told, error.field, { logged, loggedField: error.loggedField });
  }
}
