import * as z from 'zod/mini';
import { InvalidAction } from './actions.ts';
import { InvalidValue, parse } from './invalid.ts';
import { bargeInConfigSchema, volumeSchema } from './settings.ts';

/**
 * The name of a clip, which is that of its file without `.wav`. It becomes part of a path and of a
 * URL.
 */
export const ASSET_NAME = /^[a-z0-9-]{1,64}$/;
export const ASSET_NAME_RULE = '1–64 of a–z, 0–9 and -, without .wav';

/** As Base64 it has to fit the 6 MB that Lambda takes as an answer. */
export const MAX_ASSET_BYTES = 4 * 1024 * 1024;

/** A clip by its name, where AI Flow wants Base64. It never goes over the wire. */
export const assetSchema = z.strictObject({
  asset: z.string().check(z.regex(ASSET_NAME, `must be ${ASSET_NAME_RULE}`)),
});
export type Asset = z.output<typeof assetSchema>;

const namedDraftSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('audio'),
    audio: assetSchema,
    barge_in: z.optional(bargeInConfigSchema),
  }),
  z.strictObject({
    type: z.literal('mix_audio'),
    audio: assetSchema,
    volume: z.optional(volumeSchema),
  }),
]);
/** An action that plays a clip by its name. */
export type NamedDraft = z.output<typeof namedDraftSchema>;

/** Whether something holds a clip by name, or what was meant as one. */
export const isNamed = (said: unknown): said is { readonly audio: object } =>
  typeof said === 'object' &&
  said !== null &&
  'audio' in said &&
  typeof said.audio === 'object' &&
  said.audio !== null;

/** Throws {@link InvalidAction}. */
export function parseNamedDraft(value: unknown): NamedDraft {
  try {
    return parse(namedDraftSchema, value, 'action');
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidAction(error.told, error.field, error);
    throw error;
  }
}
