import type { TimelineEntry } from './simulator/timeline.ts';

/** A call written down like a play: what the caller and others do, and what the assistant must do, in order. */
export type Play = readonly Step[];
export type Step = ActingStep | AssistantStep | OutcomesStep;

export interface ActingStep {
  line: string;
  /** Set: acts as soon as this part of the current sentence has been heard. Otherwise waits until nothing plays. */
  after?: string;
  act(actors: Actors): Promise<void>;
}

export interface AssistantStep {
  line: string;
  matches(happening: TimelineEntry): boolean;
}

export interface OutcomesStep {
  line: string;
  outcomes: readonly string[];
}

/** Everyone but the assistant. */
export interface Actors extends Caller {
  /** Something elsewhere interrupts this call, through all sources at once; resolves when each has its reply. */
  interrupt(interruption: Omit<Interruption, 'session_id'>, through: readonly Source[]): Promise<void>;
}

export interface Interruption {
  session_id: string;
  id: string;
  say: string;
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

export const callerPresses = (digit: string): Step => ({
  line: `caller presses ${digit}`,
  act: (caller) => caller.presses(digit),
});

export const callerHangsUp = (): Step => ({ line: 'caller hangs up', act: (caller) => caller.hangsUp() });

export const assistantSays = (expected: Expected): Step => ({
  line: `assistant says ${show(expected)}`,
  matches: (entry) => entry.kind === 'playback_started' && 'text' in entry && fits(entry.text, expected),
});

/** What is being said is stopped; `heard` is the part that reached the caller. */
export const assistantIsCut = ({ by, heard = '' }: { by: 'app' | 'caller'; heard?: Expected }): Step => ({
  line: `assistant is cut by the ${by}${heard === '' ? '' : ` after ${show(heard)}`}`,
  matches: (entry) => entry.kind === 'playback_interrupted' && entry.by === by && fits(entry.heard, heard),
});

export const assistantHangsUp = (): Step => ({
  line: 'assistant hangs up',
  matches: (entry) => entry.kind === 'action' && entry.action.type === 'hangup',
});

interface Interrupted extends Omit<Interruption, 'session_id'> {
  /** The part of the current sentence that has been heard by then. */
  after: string;
  through: readonly Source[];
}

/** A trigger from elsewhere arrives by each of the sources, at the same moment. */
export const interrupted = ({ after, through, id, say }: Interrupted): Step => ({
  line: `interrupted after ${JSON.stringify(after)} through ${through.join(', ')} with ${JSON.stringify(say)}`,
  after,
  act: (actors) => actors.interrupt({ id, say }, through),
});

/** What came of all interruptions of the call so far: `delivered`, `heard`, `failed` or why they were skipped; in any order. */
export const outcomesAre = (...outcomes: string[]): Step => ({
  line: `outcomes are ${outcomes.toSorted().join(', ')}`,
  outcomes: outcomes.toSorted(),
});

const fits = (text: string, expected: Expected) =>
  typeof expected === 'string' ? text.includes(expected) : expected.test(text);

const show = (expected: Expected) => (typeof expected === 'string' ? JSON.stringify(expected) : String(expected));
