import type { Call } from '../call/document.ts';
import type { Changes } from '../call/state.ts';
import { isSaid } from '../call/utterances.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { cut } from '../protocol/invalid.ts';
import { maskedText } from '../protocol/masked.ts';
import type { Interruption } from './request.ts';

/** What a call flow says to an interruption that comes with `context`; nothing to decline it. */
export interface Worded {
  readonly actions: readonly ActionDraft[];
  /** What the template changed: kept only if it is said. */
  readonly changes?: Changes;
}

/** Throws whatever the template throws, {@link NoWording} and {@link InvalidContext}. */
export type Wording = (call: Call, interruption: Interruption) => Promise<Worded>;

/** The call's template doesn't word interruptions. */
export class NoWording extends Error {
  override readonly name = 'NoWording';
}

/** `context` is not what the call's template understands. The message is for whoever sent it. */
export class InvalidContext extends Error {
  override readonly name = 'InvalidContext';
  /** For a log: keys and values came from outside. */
  readonly logged = 'context is not what the template understands';

  /** `path`: `context.items.0.name`. Others hear of it, too: no telephone number stays in it. */
  constructor(path: string, problem: string) {
    super(maskedText(`${cut(path)}: ${cut(problem)}`));
  }
}

/**
 * These actions as what an interruption says: up to the first sentence now, and what ends it after
 * that.
 */
export function saying(
  actions: readonly ActionDraft[],
): Pick<Interruption, 'actions' | 'replacement' | 'follow_up'> {
  const own = actions.filter(({ type }) => type !== 'barge_in');
  const first = own.findIndex((action) => isSaid([action]));
  const replacement = own[first];
  // Sentences queue up by themselves; all else would not wait for them.
  const together = !replacement || own.slice(first).every((action) => isSaid([action]));
  const now = together ? own : own.slice(0, first + 1);
  return {
    actions: [{ type: 'barge_in' }, ...now],
    ...(replacement && { replacement }),
    follow_up: own.slice(now.length),
  };
}
