import { isDeepStrictEqual } from 'node:util';
import { checkLimits } from '../sessions/limits.ts';
import type { Json, Session, SessionChanges } from '../sessions/session.ts';
import type { State, TemplateSession } from './template.ts';

/** A session that a template may write to. */
export const openForTemplate = (
  { id, turn, reopened, caller, callee, state, labels }: Session,
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

/** What the template changed, or `undefined` if nothing. Throws `SessionLimit` for more than a session keeps. */
export function changesOf(before: Session, { state, labels }: TemplateSession<State>): SessionChanges | undefined {
  checkLimits(state ?? {}, labels);
  const after = asKept(state);
  const keys = new Set([...Object.keys(before.state), ...Object.keys(after)]);
  const changedKeys = [...keys].filter((key) => !isDeepStrictEqual(before.state[key], after[key]));
  const added = [...labels].filter((label) => !before.labels.includes(label));
  const removed = before.labels.filter((label) => !labels.has(label));
  if (changedKeys.length + added.length + removed.length === 0) return undefined;
  const { account_id } = before;
  return {
    ...(account_id !== undefined && { account_id }),
    state: Object.fromEntries(changedKeys.map((key) => [key, after[key]])),
    labels: Object.fromEntries([...added.map((label) => [label, true]), ...removed.map((label) => [label, false])]),
  };
}

/** The session once that has been kept. */
export const asChanged = (before: Session, { state, labels }: TemplateSession<State>): Session => ({
  ...before,
  state: asKept(state),
  labels: [...labels],
});

/** Only what survives JSON is kept, so only that counts as a change. */
const asKept = (state: State) => JSON.parse(JSON.stringify(state ?? {})) as Record<string, Json>;
