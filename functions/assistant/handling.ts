import type { Decision } from '../call/decide.ts';
import type { Fact, Parties } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { AiFlowEvent } from '../protocol/events.ts';
import type { Note, Noted } from '../sessions/history.ts';
import type { Answer } from './asking.ts';
import type { Received } from './deadline.ts';
import type { Step } from './dispatch.ts';
import type { Template } from './template.ts';

/** An event while it is handled: what came, and how far its answer has come. */
export interface Handling {
  readonly event: AiFlowEvent;
  /** What the log says of it. */
  readonly about: { readonly session_id: string; readonly event: string };
  readonly step: Step;
  readonly received: Received;
  readonly fact: Fact;
  readonly origin: Parties;
  /** The templates that the call may follow. */
  readonly possible: readonly Template[];
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  /** The call's template, as soon as that is known. */
  template: Template;
  /** Notes of the event for the history. */
  notes: readonly Note[];
  /** Notes of earlier events. */
  known: readonly Noted[];
  /** The answer that goes out. */
  ready?: readonly ActionDraft[] | undefined;
  /** The answer of the template, or in its place, before it is written. */
  answer?: Answer;
  /** The decision that is being written, while the outcome of that is unknown. */
  attempted?: Decision | undefined;
}
