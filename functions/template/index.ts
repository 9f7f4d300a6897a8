/**
 * All that a call flow needs: the one file that authors import.
 *
 * - {@link defineTemplate} declares a call flow; {@link later} puts off what takes longer than a caller can wait.
 * - {@link askApi} asks an API of yours, with its key.
 * - {@link withContext} reads what an interruption is about, by a schema of your own.
 * - {@link speak}, {@link audio}, {@link hangup}, … build actions. A string is a `speak`.
 * - {@link ssml} writes SSML and escapes what is put in.
 * - {@link yesOrNo}, {@link dayAndTimeIn}, {@link numbersIn}, {@link isDone}, {@link isFarewell}, {@link isPardon} and
 * {@link isVoicemail} understand what is said; {@link collectDigits} asks for digits.
 * - {@link answer}, {@link configuredModel} and {@link messagesOf} let a language model answer; {@link spokenIn} makes
 * what it writes fit for a voice.
 *
 * Everything else is a type, for helpers of your own. What is not here may change without notice.
 * `docs/templates.md` explains handlers, `docs/your-own-api.md` what they are handed.
 */

export type {
  HandlerResult,
  JobResult,
  Later,
  Sayable,
  Silence,
  Template,
  TemplateContext,
  TemplateLog,
  TemplateSession,
  TemplateState,
  Texts,
  Trigger,
} from '../assistant/template.ts';
export { defineTemplate, InvalidTemplate, later } from '../assistant/template.ts';
export type { Json } from '../call/document.ts';
export { ApiFailed, type ApiRequest, askApi } from '../kit/ask-api.ts';
export { type DayAndTime, dayAndTimeIn } from '../kit/day-and-time.ts';
export { collectDigits, type Digits, type DigitsEntered } from '../kit/digits.ts';
export { isDone, isFarewell, isPardon } from '../kit/manners.ts';
export { numbersIn } from '../kit/numbers.ts';
export { isVoicemail } from '../kit/voicemail.ts';
export { type ContextSchema, withContext } from '../kit/with-context.ts';
export { yesOrNo } from '../kit/yes-no.ts';
export { answer, type Spent, type Tool, type ToolContext, type Tools } from '../models/agent.ts';
export { configuredModel } from '../models/configured.ts';
export { isGoodbye } from '../models/goodbye.ts';
export { messagesOf } from '../models/messages.ts';
export type { Converse } from '../models/model.ts';
export { type ModelLog, modelLog } from '../models/spent.ts';
export { spokenIn } from '../models/spoken/spoken.ts';
export { type ActionDraft, InvalidAction } from '../protocol/actions.ts';
export {
  audio,
  bargeIn,
  configureTranscription,
  configureVoiceToVoice,
  hangup,
  mixAudio,
  raw,
  type Ssml,
  sendSms,
  speak,
  ssml,
  transfer,
} from '../protocol/builders.ts';
export type { EventOf } from '../protocol/events.ts';
export type { Tts } from '../protocol/settings.ts';
export type { TranscriptEntry } from '../sessions/history.ts';
