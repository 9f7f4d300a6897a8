import { type Action, type DraftOf, parseActionDraft } from './actions.ts';
import { type Asset, isNamed, type NamedDraft, parseNamedDraft } from './assets.ts';
import { rawAction } from './raw.ts';

export { type Ssml, ssml } from './ssml.ts';

type Fields<T extends Action['type']> = Omit<DraftOf<T>, 'type'>;

/**
 * Says a text, or `{ ssml }` as {@link ssml} writes it, with the options of AI Flow's `speak`.
 * Every builder throws `InvalidAction`.
 */
export const speak = (
  said: string | { ssml: string },
  options: Omit<Fields<'speak'>, 'text' | 'ssml'> = {},
) => draft('speak', { ...(typeof said === 'string' ? { text: said } : said), ...options });

/**
 * Plays a clip once: `{ asset }` by name, which the template declares in `assets`, or a Base64 WAV
 * (16 kHz, mono, 16-bit PCM).
 */
export const audio = <C extends string | Asset>(
  clip: C,
  options: Omit<Fields<'audio'>, 'audio'> = {},
) => clipDraft<C, 'audio'>('audio', { audio: clip, ...options });

/** Loops a clip, as {@link audio} takes it, under the call; `mixAudio({ stop: true })` ends it. */
export const mixAudio = <F extends Fields<'mix_audio'> | Omit<NamedOf<'mix_audio'>, 'type'>>(
  fields: F,
) => clipDraft<F['audio'], 'mix_audio'>('mix_audio', fields);

/**
 * Ends the call, and cuts what is being said. After a sentence of the same answer it waits until
 * that has been heard.
 */
export const hangup = () => draft('hangup', {});

/**
 * Hands the call to a person, after the sentences of the same answer. With `timeout` (seconds) a
 * failed transfer comes back as another `session_start`.
 */
export const transfer = (fields: Fields<'transfer'>) => draft('transfer', fields);

/** Stops what is playing now. It belongs *before* the replacement: `[bargeIn(), speak('…')]`. */
export const bargeIn = () => draft('barge_in', {});

/** Changes speech-to-text; the caller isn't heard for 100–800 ms while it restarts. */
export const configureTranscription = (fields: Fields<'configure_transcription'>) =>
  draft('configure_transcription', fields);

/** Hands the conversation to a speech-to-speech model (preview, enabled by sipgate). */
export const configureVoiceToVoice = (fields: Fields<'configure_voice_to_voice'>) =>
  draft('configure_voice_to_voice', fields);

/** Sends an SMS (enabled by sipgate); a failure arrives as `sms_failed`. */
export const sendSms = (fields: Fields<'send_sms'>) => draft('send_sms', fields);

/**
 * Whatever AI Flow has learned since this was written: an action, a field, a voice. Only its size
 * is checked.
 */
export const raw = rawAction;

type NamedOf<T extends NamedDraft['type']> = Extract<NamedDraft, { type: T }>;
type ClipDraft<C, T extends NamedDraft['type']> = C extends Asset ? NamedOf<T> : DraftOf<T>;

function clipDraft<C, T extends NamedDraft['type']>(type: T, fields: object): ClipDraft<C, T> {
  const action = { type, ...fields };
  return (isNamed(action) ? parseNamedDraft(action) : parseActionDraft(action)) as ClipDraft<C, T>;
}

function draft<T extends Action['type']>(type: T, fields: object): DraftOf<T> {
  return parseActionDraft({ type, ...fields }) as DraftOf<T>;
}
