import { isObject } from '../protocol/json.ts';
import { fromEventBridge, isEventBridge, type Unwrapped } from './envelopes.ts';
import { type Interruption, InvalidInterruption } from './request.ts';

/**
 * What the rule of a restricted bus hands over: how the label of a target must begin, and an event
 * of its sender.
 */
export interface Restricted {
  readonly label_prefix: string;
  readonly event: unknown;
}

export const isRestricted = (event: unknown): event is Restricted =>
  isObject(event) && typeof event.label_prefix === 'string' && 'event' in event;

/** Throws {@link InvalidInterruption} for what no rule has handed over. */
export function fromRestricted({ label_prefix, event }: Restricted): Unwrapped {
  if (isEventBridge(event)) return { ...fromEventBridge(event), label_prefix };
  throw new InvalidInterruption('event must be an event of EventBridge', 'event');
}

/** Throws {@link InvalidInterruption} for a target that its sender may not address. */
export function refuseOthers(
  { target }: Pick<Interruption, 'target'>,
  label_prefix: string | undefined,
): void {
  if (label_prefix === undefined) return;
  if ('label' in target && target.label.startsWith(label_prefix)) return;
  throw new InvalidInterruption(
    `target must be a label that begins with ${JSON.stringify(label_prefix)}: this bus addresses no others`,
    'target',
  );
}
