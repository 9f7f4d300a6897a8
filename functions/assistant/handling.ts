import type { Decision } from '../call/decide.ts';
import type { Fact } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { AiFlowEvent } from '../protocol/events.ts';
import type { Note, Noted } from '../sessions/history.ts';
import type { Answer } from './asking.ts';
import type { Received } from './deadline.ts';
import type { Step } from './dispatch.ts';
import type { originOf } from './event-fact.ts';
import type { Template } from './template.ts';

/** An event on its way through: what came, and how far its answer is. */
export interface Handling {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
  readonly fact: Fact;
  readonly origin: ReturnType<typeof originOf>;
  /** The templates that the call may follow. */
  readonly possible: readonly Template[];
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  /** Of the call, as soon as that is known. */
  template: Template;
  /** What the event tells of what was said and heard. */
  notes: readonly Note[];
  /** What was told before. */
  known: readonly Noted[];
  /** What goes out. */
  ready?: readonly ActionDraft[] | undefined;
  /** Of the template, or in its place; nobody has written it yet. */
  answer?: Answer;
  /** What is being written: nobody knows yet whether it is. */
  attempted?: Decision | undefined;
}
