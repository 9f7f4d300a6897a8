/**
 * All that a call flow needs: the one file that authors import.
 *
 * - {@link defineTemplate} declares a call flow; {@link later} puts off what takes longer than a caller can wait.
 * - {@link askApi} asks an API of yours, with its key.
 * - {@link withContext} reads what an interruption is about, by a schema of your own.
 * - {@link speak}, {@link audio}, {@link hangup}, … build actions. A string is a `speak`.
 * - {@link ssml} writes SSML and escapes what is put in.
 * - {@link yesOrNo}, {@link dayAndTimeIn}, {@link numbersIn}, {@link isFarewell} and {@link isVoicemail} understand what
 *   is said; {@link collectDigits} asks for digits.
 * - {@link answer}, {@link configuredModel} and {@link messagesOf} let a language model answer; {@link spokenIn} makes
 *   what it writes fit for a voice.
 *
 * Everything else is a type, for helpers of your own. What is not here may change without notice.
 * `docs/templates.md` explains handlers, `docs/your-own-api.md` what they are handed.
 */

export { ApiFailed, type ApiRequest, askApi } from '../assistant/ask-api.ts';
export type {
  DayAndTime,
  Digits,
  DigitsEntered,
  Heard,
  JobResult,
  Later,
  Result,
  Said,
  Silence,
  State,
  Template,
  TemplateContext,
  TemplateLog,
  TemplateSession,
  Texts,
  Trigger,
} from '../assistant/template.ts';
export {
  collectDigits,
  dayAndTimeIn,
  defineTemplate,
  InvalidTemplate,
  isFarewell,
  isVoicemail,
  later,
  numbersIn,
  yesOrNo,
} from '../assistant/template.ts';
export type { ContextSchema } from '../assistant/with-context.ts';
export { withContext } from '../assistant/with-context.ts';
export type { Json } from '../call/document.ts';
export type { Spent, Tool, ToolContext, Tools } from '../models/agent.ts';
export { answer } from '../models/agent.ts';
export { configuredModel } from '../models/configured.ts';
export { isGoodbye } from '../models/goodbye.ts';
export { messagesOf } from '../models/messages.ts';
export type { Converse } from '../models/model.ts';
export type { ModelLog } from '../models/spent.ts';
export { modelLog } from '../models/spent.ts';
export { spokenIn } from '../models/spoken/spoken.ts';
export type { ActionDraft } from '../protocol/actions.ts';
export { InvalidAction } from '../protocol/actions.ts';
export type { Ssml } from '../protocol/builders.ts';
export {
  audio,
  bargeIn,
  configureTranscription,
  configureVoiceToVoice,
  hangup,
  mixAudio,
  raw,
  sendSms,
  speak,
  ssml,
  transfer,
} from '../protocol/builders.ts';
export type { EventOf } from '../protocol/events.ts';
export type { Tts } from '../protocol/settings.ts';
