import * as z from 'zod/mini';
import { eventSchemas, type KnownEvent } from '../../functions/protocol/index.ts';

/**
 * What this simulator takes for granted of AI Flow: one constant for each thing that is the same in
 * every call, one field of the weather for each that a call can choose. An application that depends
 * on one of these values depends on this simulator. How sure each is:
 *
 * - A  stated by sipgate's documentation
 * - B  seen in sipgate's own code
 * - C  said by others
 * - D  concluded from A and B
 * - ND not documented: decided here
 */

/**
 * ND. Speaking rate at speed 1; SSML counts without its tags. An ordinary telephone voice says
 * 14–16 letters a second, and a third as many characters that are a syllable each: Chinese, Korean.
 */
export const CHARACTERS_PER_SECOND = { letters: 15, kana: 7.5, syllables: 5 } as const;

/**
 * D. `speak` or `audio` while something plays. The documents send `barge_in` first to replace, so
 * without it: wait.
 */
export const SPEAK_WHILE_SPEAKING: 'queue' | 'replace' = 'queue';

/**
 * D. The caller hears "the playback stop and the new message begin without any manual
 * coordination": nothing between.
 */
export const BARGE_IN_CLEARS_QUEUE: boolean = true;

/**
 * ND. What waited behind the sentence that the caller cut off was an answer to something older,
 * too.
 */
export const CALLER_BARGE_IN_CLEARS_QUEUE: boolean = true;

/**
 * D. sipgate's own application hangs up on the `assistant_speech_ended` of its goodbye, as if
 * `hangup` cut it.
 */
export const HANGUP_DURING_SPEECH: 'cut' | 'finish' = 'cut';

/**
 * D. `assistant_speak` is described for synthesized speech only; `assistant_speech_ended` (A) for
 * clips as well.
 */
export const ASSISTANT_SPEAK_FOR_AUDIO: boolean = false;

/**
 * D. The `user_input_timeout` timer "runs from `assistant_speech_ended`" (A), which a `speak` that
 * was cut has, too.
 */
export const TIMEOUT_AFTER_CUT_SPEECH: boolean = true;

/** D. `user_input_timeout` "fires when no speech was detected" (A): a key is none. */
export const KEY_STOPS_TIMEOUT: boolean = false;

/**
 * A (defaults in sipgate's LLM reference). The caller's barge-in where a `speak` or `audio` doesn't
 * configure it.
 */
export const BARGE_IN_DEFAULTS = {
  strategy: 'minimum_characters',
  minimum_characters: 3,
  allow_after_ms: 0,
} as const;

/**
 * A: answer in "under 1 s", while the caller hears nothing. A later answer counts, up to
 * `webhook_late_ms`.
 */
export const PROMPT_MS = 1_000;

/** ND. How long an unanswered transfer rings when it has no `timeout` of its own. */
export const RINGING_SECONDS = 30;

/** A. Loudness of `mix_audio` without `volume`. */
export const MIX_AUDIO_VOLUME = 0.5;

/** ND. The only flow there is here. */
export const AI_FLOW_ID = 'simulated-flow';

const WAIT = z.int().check(z.gte(0), z.lte(60_000));
const waits = () => z._default(WAIT, 0);

/** What AI Flow sends today; `user_barge_in` is of the past. */
export const SENT_EVENTS = Object.keys(eventSchemas).filter(
  (type) => type !== 'user_barge_in',
) as KnownEvent['type'][];

/**
 * How untidy the platform is in one call. Every default is calm weather; every `_ms` is real
 * milliseconds: `speed` divides what is said, and nobody's network.
 */
export const weatherSchema = z.strictObject({
  /** A: "left out for some TTS models". */
  assistant_speak: z._default(z.enum(['sent', 'never']), 'sent'),
  /**
   * From the first sound to its report, which comes at the end of the sentence at the latest. A:
   * "after speech starts"; on another page (A) after playback. `speech_started_at` is the truth.
   */
  assistant_speak_late_ms: waits(),
  /**
   * How wrong the reported `duration_ms` is. ND: an estimate before the last byte is synthesized
   * can't be exact.
   */
  duration_factor: z._default(z.number().check(z.gte(0), z.lte(10)), 1),
  /**
   * From the last sound to its report, which may then cross the caller's words and the next
   * sentence's beginning; the `user_input_timeout` runs from the report (A). ND: the order of
   * deliveries.
   */
  speech_ended_late_ms: waits(),
  /**
   * From the caller's last sound to `user_speak`. A: the recogniser waits for a silence, 150–2000
   * ms usefully. What the caller cuts is cut earlier: with strategy `immediate` at their first
   * sound (A), else at their last (D), because the recogniser has read along.
   */
  words_after_ms: waits(),
  /**
   * From the turn of a sentence to its first sound. ND: speech has to be synthesized. A clip begins
   * at once.
   */
  voice_starts_after_ms: waits(),
  /** Delivered twice, with the same content. ND: retries and idempotency; no event has an id. */
  twice: z._default(z.array(z.enum(SENT_EVENTS)).check(z.maxLength(SENT_EVENTS.length)), []),
  /**
   * From the first delivery to the second; unless `parallel` it waits for the answer to the first,
   * too.
   */
  twice_after_ms: waits(),
  /**
   * From what the application sends on its own to its execution: a request to the external API,
   * answered then, or a frame of a WebSocket, answer or not. ND.
   */
  pushes_late_ms: waits(),
  /**
   * Whether a `user_input_timeout` still comes when something newer is said meanwhile. ND: A only
   * of the caller's speech.
   */
  timeouts_run_on: z._default(z.boolean(), false),
  /**
   * Whether an event leaves before the one before it is answered. ND. Frames of a WebSocket always
   * do (A).
   */
  parallel: z._default(z.boolean(), false),
  /** What becomes of a `send_sms`: `sms_failed` (A by name) follows at once (ND). */
  sms: z._default(z.enum(['sent', 'failed']), 'sent'),
  /**
   * The call's WebSocket breaks once, so long after it was placed; the next event opens another
   * one. ND.
   */
  socket_lost_after_ms: z.optional(WAIT),
  /**
   * The platform's patience: an answer after this is late, and counts as none. B: sipgate's own
   * application reckons with about 5 s; C: 1 s. The call goes on (ND).
   */
  webhook_late_ms: z._default(z.int().check(z.gte(1), z.lte(60_000)), 5_000),
  /**
   * What the external API answers to a live call, having done nothing; `never`: no answer at all.
   * ND: all of it.
   */
  external_api: z._default(z.literal(['ok', 429, 500, 503, 404, 'never']), 'ok'),
});

/** Filled in. */
export type Weather = z.output<typeof weatherSchema>;

/** As it is asked for. */
export type GivenWeather = z.input<typeof weatherSchema>;
