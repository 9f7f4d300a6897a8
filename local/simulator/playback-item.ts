import type { ActionOf, BargeInConfig } from '../../functions/protocol/index.ts';
import { wordsOf } from '../../functions/protocol/ssml.ts';
import { wavDurationMs } from '../../functions/protocol/wav.ts';
import { speechDurationMs } from './speech.ts';

/** A `speak` or `audio` as it is played. */
export interface PlaybackItem {
  /** What the caller hears, without tags; a clip has none. */
  said?: string;
  /** How the application wrote it: the fields that `assistant_speak` repeats. */
  written: { text?: string; ssml?: string };
  /** From its turn to its first sound; missing: none. */
  starts_after_ms?: number;
  duration_ms: number;
  barge_in: BargeInConfig;
  user_input_timeout_seconds?: number | undefined;
}

/** What `speak`, and the greeting of `configure_voice_to_voice`, say. */
export type Speech = Pick<
  ActionOf<'speak'>,
  'text' | 'ssml' | 'barge_in' | 'user_input_timeout_seconds'
>;

/** `speed` divides the duration. */
export function speechItem(
  { text, ssml, barge_in = {}, user_input_timeout_seconds }: Speech,
  { speed, starts_after_ms }: { speed: number; starts_after_ms: number },
): PlaybackItem {
  const said = text ?? wordsOf({ ssml });
  const written = text === undefined ? { ssml: ssml ?? '' } : { text };
  const duration_ms = speechDurationMs(said, speed);
  return { said, written, starts_after_ms, duration_ms, barge_in, user_input_timeout_seconds };
}

/** `speed` divides the duration. */
export function clipItem({ audio, barge_in = {} }: ActionOf<'audio'>, speed: number): PlaybackItem {
  return { written: {}, duration_ms: Math.round(wavDurationMs(audio) / speed), barge_in };
}
