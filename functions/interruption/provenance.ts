import { createHash } from 'node:crypto';
import type { Unwrapped } from './envelopes.ts';
import { InvalidInterruption } from './request.ts';

/**
 * A ready interruption, and which schedule sends it: each attempt of EventBridge Scheduler is an
 * invocation of its own.
 */
interface Scheduled {
  readonly interruption: unknown;
  /**
   * Source:
   * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
   */
  readonly schedule: { readonly arn?: unknown; readonly time?: unknown };
}

/** A ready interruption, and the Context object of the state of Step Functions that sends it. */
interface FromState {
  readonly interruption: unknown;
  /**
   * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
   */
  readonly execution: {
    readonly Execution?: { readonly Id?: unknown };
    readonly State?: { readonly Name?: unknown; readonly EnteredTime?: unknown };
    readonly Map?: { readonly Item?: { readonly Index?: unknown } };
  };
}

export const isScheduled = (event: unknown): event is Scheduled => isSentBy(event, 'schedule');
export const isFromState = (event: unknown): event is FromState => isSentBy(event, 'execution');

/**
 * Scheduler has until then to invoke what is due: nothing is late before. Source:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
const PRECISION_MS = 60_000;

/** Its `id` is the same at each attempt. Throws {@link InvalidInterruption}. */
export function fromSchedule({ interruption, schedule }: Scheduled): Unwrapped {
  const arn = given(schedule.arn, 'schedule.arn', '<aws.scheduler.schedule-arn>');
  const time = given(schedule.time, 'schedule.time', '<aws.scheduler.scheduled-time>');
  return { request: interruption, id: hashOf(arn, time), at: Date.parse(time) + PRECISION_MS };
}

/**
 * Its `id` is the same however often the state is retried, and another one when it is entered
 * again: by a loop, or for another item of a map. Throws {@link InvalidInterruption}.
 */
export function fromState({ interruption, execution }: FromState): Unwrapped {
  const { Execution, State, Map: iteration } = execution;
  const remedy = 'the Context object: "execution.$": "$$"';
  const id = given(Execution?.Id, 'execution.Execution.Id', remedy);
  const name = given(State?.Name, 'execution.State.Name', remedy);
  const entered = given(State?.EnteredTime, 'execution.State.EnteredTime', remedy);
  const item = iteration?.Item?.Index;
  return {
    request: interruption,
    id: hashOf(id, name, entered, ...(item === undefined ? [] : [String(item)])),
    at: Date.parse(entered),
  };
}

/** ARNs are longer than an `id` may be. */
const hashOf = (...parts: readonly string[]) =>
  createHash('sha256').update(parts.join(' ')).digest('hex');

/** A placeholder that nobody has replaced would make all the same. */
function given(value: unknown, field: string, remedy: string): string {
  if (typeof value === 'string' && value !== '' && !value.startsWith('<')) return value;
  throw new InvalidInterruption(`${field} must be a text that AWS fills in: send ${remedy}`, field);
}

const isSentBy = (event: unknown, sender: 'schedule' | 'execution') => {
  const { interruption, [sender]: of } = Object(event) as Record<string, unknown>;
  return interruption !== undefined && typeof of === 'object' && of !== null;
};
