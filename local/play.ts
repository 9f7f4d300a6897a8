import type { TimelineEntry } from './simulator/timeline.ts';

/** A call written down like a play: what the caller does, and what the assistant must do, in order. */
export type Play = readonly Step[];
export type Step = CallerStep | AssistantStep;

export interface CallerStep {
  line: string;
  /** Set: acts as soon as this part of the current sentence has been heard. Otherwise waits until nothing plays. */
  after?: string;
  act(caller: Caller): Promise<void>;
}

export interface AssistantStep {
  line: string;
  matches(happening: TimelineEntry): boolean;
}

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

const fits = (text: string, expected: Expected) =>
  typeof expected === 'string' ? text.includes(expected) : expected.test(text);

const show = (expected: Expected) => (typeof expected === 'string' ? JSON.stringify(expected) : String(expected));
