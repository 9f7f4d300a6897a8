import type { Pace } from './pacing.ts';

/**
 * What API Gateway hands to a function beside a request: whoever runs the gateway sets it, nobody
 * who calls it can.
 */
export type StageVariables = { readonly template: string };

/** Of a request or frame with this body; nothing for one that no variable is set for. */
export type StageVariablesFor = (body: string) => StageVariables | undefined;

/** What is in front of the functions besides the protocol. */
export interface Gateway {
  stageVariables: StageVariablesFor;
  /** When an event is handed to its function. */
  pace: Pace;
}

/** Adds nothing, and lets everything through. */
export const OPEN: Gateway = { stageVariables: () => undefined, pace: (task) => task() };

/**
 * Names the call flow that the call of an event was placed for. A stage of the deployed stack has
 * no variables.
 */
export const templateVariable =
  (templateOf: (session_id: string) => string | undefined): StageVariablesFor =>
  (body) => {
    const template = templateOf(sessionIn(body) ?? '');
    return template === undefined ? undefined : { template };
  };

function sessionIn(body: string): string | undefined {
  try {
    const event = JSON.parse(body) as { session?: { id?: unknown } } | null;
    const id = event?.session?.id;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
