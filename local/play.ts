import type { Action, ActionOf } from '../functions/protocol/index.ts';
import type { GivenOptions } from './simulator/call-options.ts';
import type { TimelineEntry } from './simulator/timeline.ts';

/**
 * A call written down like a play: what the caller and others do, and what the assistant must do,
 * in order.
 */
export type Play = readonly Step[];
export type Step = ActingStep | AssistantStep | SilentStep | OutcomesStep;

/** The call that a play needs, where the ordinary one won't do: `export const call` beside it. */
export type PlayCall = Omit<GivenOptions, 'speed'>;

export interface ActingStep {
  line: string;
  /**
   * Set: acts as soon as this part of the current sentence has been heard. Otherwise waits until
   * nothing plays.
   */
  after?: string;
  /** The same of what has no words: how much (0–1) of its length has passed. */
  share?: number;
  act(actors: Actors): Promise<void>;
}

export interface AssistantStep {
  line: string;
  matches(happening: TimelineEntry): boolean;
}

/** Nobody says anything for `seconds`. */
export interface SilentStep {
  line: string;
  seconds: number;
  /**
   * Set: AI Flow's `user_input_timeout` ends it, and must come then. Otherwise the call must be
   * silent for so long.
   */
  timeout?: true;
}

export interface OutcomesStep {
  line: string;
  outcomes: readonly string[];
}

/** Everyone but the assistant. */
export interface Actors extends Caller {
  /**
   * Something elsewhere interrupts, through all sources at once; resolves when each has its reply.
   */
  interrupt(interruption: Interruption, through: readonly Source[]): Promise<void>;
  /** A service of AWS invokes the interrupt function with what it sends at that moment. */
  invoke(service: string, payload: (now: Date) => unknown): Promise<void>;
  /** Somebody posts actions by hand; their `session_id` is filled in. */
  push(actions: readonly object[]): Promise<void>;
}

/**
 * Any field of an interruption (`docs/interruptions.md`); without `target` it concerns this call.
 */
export interface Interruption {
  target?: { label: string } | { caller: string } | { callee: string } | { everyone: true };
  [field: string]: unknown;
}

export type Source = 'SQS' | 'EventBridge' | 'HTTP';

/** The caller's phone. */
export interface Caller {
  says(text: string): Promise<void>;
  presses(digit: string): Promise<void>;
  hangsUp(): Promise<void>;
}

/** A text contains a string, or matches a pattern. */
type Expected = string | RegExp;

export const callerSays = (text: string): Step => ({
  line: `caller says ${JSON.stringify(text)}`,
  act: (caller) => caller.says(text),
});

/** Speaks while the assistant does, once `after` (a part of the sentence) has been heard. */
export const callerInterrupts = (text: string, { after }: { after: string }): Step => ({
  line: `caller interrupts after ${JSON.stringify(after)} with ${JSON.stringify(text)}`,
  after,
  act: (caller) => caller.says(text),
});

/**
 * Presses a key once a part of the current sentence has been heard; without it, when nothing is
 * being said.
 */
export const callerPresses = (digit: string, { after }: { after?: string } = {}): Step => ({
  line: `caller presses ${digit}${after === undefined ? '' : ` after ${JSON.stringify(after)}`}`,
  ...(after !== undefined && { after }),
  act: (caller) => caller.presses(digit),
});

/**
 * Says nothing for as long as the assistant has asked to be told of: until `user_input_timeout`.
 */
export const callerIsSilent = (seconds: number): Step => ({
  line: silenceOf('caller is silent', seconds),
  seconds,
  timeout: true,
});

/** Nothing is said, done or cut for so long, once what was being said has ended. */
export const silenceFor = (seconds: number): Step => ({
  line: silenceOf('nothing is said', seconds),
  seconds,
});

export const callerHangsUp = (): Step => ({
  line: 'caller hangs up',
  act: (caller) => caller.hangsUp(),
});

export const assistantSays = (expected: Expected): Step => ({
  line: `assistant says ${show(expected)}`,
  matches: (entry) =>
    entry.kind === 'playback_started' && 'text' in entry && fits(entry.text, expected),
});

/** What is being said is stopped; `heard` is the part that reached the caller. */
export const assistantIsCut = ({
  by,
  heard = '',
}: {
  by: 'app' | 'caller' | 'hangup';
  heard?: Expected;
}): Step => ({
  line: `assistant is cut by the ${by}${heard === '' ? '' : ` after ${show(heard)}`}`,
  matches: (entry) =>
    entry.kind === 'playback_interrupted' && entry.by === by && fits(entry.heard, heard),
});

/** A clip is played: an `audio` action. */
export const assistantPlaysClip = (): Step => ({
  line: 'assistant plays a clip',
  matches: (entry) => entry.kind === 'playback_started' && 'audio' in entry,
});

/** A background loop begins, or ends. */
export const assistantMixes = (what: 'start' | 'stop'): Step => ({
  line: what === 'start' ? 'assistant mixes in a loop' : 'assistant stops the loop',
  matches: does('mix_audio', ({ stop = false }) => stop === (what === 'stop')),
});

/** `to`: any notation of the number, or anybody. */
export const assistantTransfers = (to?: string): Step => ({
  line: `assistant transfers the call${to === undefined ? '' : ` to ${to}`}`,
  matches: does(
    'transfer',
    ({ target_phone_number }) => to === undefined || digits(target_phone_number) === digits(to),
  ),
});

export const assistantSendsSms = (expected: Expected): Step => ({
  line: `assistant sends the SMS ${show(expected)}`,
  matches: does('send_sms', ({ message }) => fits(message, expected)),
});

export const assistantConfigures = (what: 'transcription' | 'voice_to_voice'): Step => ({
  line: `assistant configures ${what}`,
  matches: does(`configure_${what}`),
});

export const assistantHangsUp = (): Step => ({
  line: 'assistant hangs up',
  matches: does('hangup'),
});

interface Interrupted extends Interruption {
  /** The part of the current sentence that has been heard by then. */
  after: string;
  through: readonly Source[];
  id: string;
  say: string;
}

/** A trigger from elsewhere arrives by each of the sources, at the same moment. */
export const interrupted = ({ after, through, ...interruption }: Interrupted): Step => ({
  line: `interrupted after ${JSON.stringify(after)} through ${through.join(', ')} with ${JSON.stringify(interruption.say)}`,
  after,
  act: (actors) => actors.interrupt(interruption, through),
});

interface Triggered extends Interruption {
  /**
   * The part of the current sentence that has been heard by then; without it, when nothing is being
   * said.
   */
  after?: string;
  through?: Source;
}

/**
 * Something happens elsewhere, for the template to word (`context`), or with words of its own
 * (`say`).
 */
export const triggered = ({ after, through = 'HTTP', ...interruption }: Triggered): Step => ({
  line: `triggered${after === undefined ? '' : ` after ${JSON.stringify(after)}`} through ${through} with ${JSON.stringify(interruption)}`,
  ...(after !== undefined && { after }),
  act: (actors) => actors.interrupt(interruption, [through]),
});

interface Sent {
  /** The part of the current sentence that has been heard by then. */
  after: string;
  payload: (now: Date) => unknown;
}

/** A service of AWS sends what it has to say, in its own envelope. */
export const awsSends = (service: string, { after, payload }: Sent): Step => ({
  line: `AWS sends after ${JSON.stringify(after)}: ${service}`,
  after,
  act: (actors) => actors.invoke(service, payload),
});

/**
 * What came of all interruptions of the call so far: `delivered`, `heard`, `failed` or why they
 * were skipped; in any order.
 */
export const outcomesAre = (...outcomes: string[]): Step => ({
  line: `outcomes are ${outcomes.toSorted().join(', ')}`,
  outcomes: outcomes.toSorted(),
});

/** Both ways of being silent, as a line. */
export const silenceOf = (who: 'caller is silent' | 'nothing is said', seconds: number) =>
  `${who} for ${seconds} s`;

function does<T extends Action['type']>(
  type: T,
  fitting: (action: ActionOf<T>) => boolean = () => true,
) {
  return (entry: TimelineEntry) =>
    entry.kind === 'action' && entry.action.type === type && fitting(entry.action as ActionOf<T>);
}

const digits = (number: string) => number.replace(/\D/g, '').replace(/^00/, '');

const fits = (text: string, expected: Expected) =>
  typeof expected === 'string' ? text.includes(expected) : expected.test(text);

const show = (expected: Expected) =>
  typeof expected === 'string' ? JSON.stringify(expected) : String(expected);

/** The line of what the assistant does, as a play has it; what it says has lines of its own. */
export function lineOfAction(action: Action): string | undefined {
  switch (action.type) {
    case 'mix_audio':
      return assistantMixes(action.stop ? 'stop' : 'start').line;
    case 'transfer':
      return assistantTransfers(action.target_phone_number).line;
    case 'send_sms':
      return assistantSendsSms(action.message).line;
    case 'configure_transcription':
      return assistantConfigures('transcription').line;
    case 'configure_voice_to_voice':
      return assistantConfigures('voice_to_voice').line;
    case 'hangup':
      return assistantHangsUp().line;
    default:
      return undefined;
  }
}
