import * as z from 'zod/mini';

/**
 * How the *caller* may interrupt a `speak` or `audio`; not to be confused with the `barge_in`
 * action.
 */
export const bargeInConfigSchema = z.strictObject({
  strategy: z.optional(z.enum(['none', 'manual', 'minimum_characters', 'immediate'])),
  minimum_characters: z.optional(z.int().check(z.gte(1), z.lte(100))),
  allow_after_ms: z.optional(z.int().check(z.gte(0), z.lte(10_000))),
});
export type BargeInConfig = z.output<typeof bargeInConfigSchema>;

const languageSchema = z
  .string()
  .check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP-47 tag such as de-DE'));

/** The voice. Without one the provider set on the flow speaks. */
export const ttsSchema = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('azure'),
    language: z.optional(languageSchema),
    voice: z.optional(z.string().check(z.minLength(1))),
  }),
  z.strictObject({
    provider: z.literal('eleven_labs'),
    voice: z.optional(z.string().check(z.minLength(1))),
  }),
]);
export type Tts = z.output<typeof ttsSchema>;

/** Loudness of a loop. */
export const volumeSchema = z.number().check(z.gte(0), z.lte(1));

/** AI Flow ignores values out of range silently; here they are an error. */
export const vadSchema = z.strictObject({
  end_of_turn_silence_ms: z.int().check(z.gte(150), z.lte(2000)),
});
export type Vad = z.output<typeof vadSchema>;

export const languagesSchema = z.array(languageSchema).check(z.minLength(1), z.maxLength(4));
