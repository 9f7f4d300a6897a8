/**
 * What the public documentation of AI Flow leaves open, decided once each. None of this is known of the real service:
 * an application that depends on one of these values depends on this simulator.
 */

/** Speaking rate at speed 1; SSML counts without its tags. An ordinary telephone voice says 14–16 characters a second. */
export const CHARACTERS_PER_SECOND = 15;

/** After this long without an answer an event has failed. sipgate's own application reckons with about 5 s. */
export const EVENT_TIMEOUT_MS = 5000;

/** `speak` or `audio` while something plays. The documents send `barge_in` first to replace, so without it: wait. */
export const SPEAK_WHILE_SPEAKING: 'queue' | 'replace' = 'queue';

/** The caller hears "the playback stop and the new message begin without any manual coordination": nothing between. */
export const BARGE_IN_CLEARS_QUEUE: boolean = true;

/** What waited behind the sentence that the caller cut off was an answer to something older, too. */
export const CALLER_BARGE_IN_CLEARS_QUEUE: boolean = true;

/** sipgate's own application hangs up on the `assistant_speech_ended` of its goodbye, as if `hangup` cut it. */
export const HANGUP_DURING_SPEECH: 'cut' | 'finish' = 'cut';

/** `assistant_speak` is described for synthesized speech only; `assistant_speech_ended` for clips as well. */
export const ASSISTANT_SPEAK_FOR_AUDIO: boolean = false;

/** The `user_input_timeout` timer "runs from `assistant_speech_ended`", which a `speak` that was cut has, too. */
export const TIMEOUT_AFTER_CUT_SPEECH: boolean = true;

/** The caller's barge-in where a `speak` or `audio` doesn't configure it: the defaults in sipgate's LLM reference. */
export const BARGE_IN_DEFAULTS = { strategy: 'minimum_characters', minimum_characters: 3, allow_after_ms: 0 } as const;

/** How long an unanswered transfer rings when it has no `timeout` of its own. */
export const RINGING_SECONDS = 30;

/** Loudness of `mix_audio` without `volume`. This one is documented. */
export const MIX_AUDIO_VOLUME = 0.5;

/** The only flow there is here. */
export const AI_FLOW_ID = 'simulated-flow';
