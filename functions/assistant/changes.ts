import { isDeepStrictEqual } from 'node:util';
import type { Call, Json } from '../call/document.ts';
import type { Changes } from '../call/state.ts';
import { checkLimits } from '../sessions/limits.ts';
import type { State, TemplateSession } from './template.ts';

/** A call that a template may write to, at the turn for which it is asked. */
export const openForTemplate = (
  { id, reopened, caller, callee, state, labels }: Call,
  turn: number,
  history: TemplateSession<State>['history'],
): TemplateSession<State> => ({
  id,
  turn,
  reopened,
  ...(caller && { caller }),
  ...(callee && { callee }),
  state: structuredClone(state) as State,
  labels: new Set(labels),
  history,
});

/** What the template changed, or `undefined` if nothing. Throws `SessionLimit` for more than a call keeps. */
export function changesOf(
  before: Call,
  { state, labels }: TemplateSession<State>,
): Changes | undefined {
  checkLimits(state ?? {}, labels);
  const after = asKept(state);
  const keys = new Set([...Object.keys(before.state), ...Object.keys(after)]);
  const changed = [...keys].filter((key) => !isDeepStrictEqual(before.state[key], after[key]));
  const added = [...labels].filter((label) => !before.labels.includes(label));
  const removed = before.labels.filter((label) => !labels.has(label));
  if (changed.length + added.length + removed.length === 0) return undefined;
  return {
    state: Object.fromEntries(changed.map((key) => [key, after[key]])),
    labels: Object.fromEntries([
      ...added.map((label) => [label, true]),
      ...removed.map((label) => [label, false]),
    ]),
  };
}

/** Whether somebody else has changed what these change, since `before` was read: then they would undo it. */
export const collide = ({ state }: Changes, before: Call, now: Call): boolean =>
  Object.keys(state).some((key) => !isDeepStrictEqual(before.state[key], now.state[key]));

/** Only what survives JSON is kept, so only that counts as a change. */
const asKept = (state: State) => JSON.parse(JSON.stringify(state ?? {})) as Record<string, Json>;
