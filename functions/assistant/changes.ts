import { isDeepStrictEqual } from 'node:util';
import type { Call, Json } from '../call/document.ts';
import type { Changes } from '../call/state.ts';
import { checkLimits, SessionLimit } from '../sessions/limits.ts';
import { LANGUAGE, textsOf } from './language.ts';
import type { Template, TemplateSession, TemplateState, Texts } from './template.ts';

/** A call that a template may write to, at the turn for which it is asked. */
export const openForTemplate = (
  { id, reopened, caller, callee, state, labels }: Call,
  turn: number,
  history: TemplateSession<TemplateState>['history'],
  template: Template,
): TemplateSession<TemplateState> => ({
  id,
  turn,
  reopened,
  ...(caller && { caller }),
  ...(callee && { callee }),
  state: asKept(state),
  labels: new Set(labels),
  language: template.language,
  get texts(): Texts {
    return textsOf(template, this.language);
  },
  history,
});

/**
 * What the template changed, or `undefined` if nothing; `spoken` is the language that it found.
 * Throws `SessionLimit` for more than a call keeps.
 */
export function changesOf(
  before: Call,
  { state, labels, language }: TemplateSession<TemplateState>,
  spoken: string | undefined,
): Changes | undefined {
  checkLimits(state ?? {}, labels);
  const isNew = language !== spoken && language !== undefined;
  if (isNew && !LANGUAGE.test(language))
    throw new SessionLimit('session.language must be a BCP-47 tag such as de-DE');
  const after = asKept(state);
  const keys = new Set([...Object.keys(before.state), ...Object.keys(after)]);
  const changed = [...keys].filter((key) => !isDeepStrictEqual(before.state[key], after[key]));
  const added = [...labels].filter((label) => !before.labels.includes(label));
  const removed = before.labels.filter((label) => !labels.has(label));
  if (changed.length + added.length + removed.length === 0 && !isNew) return undefined;
  return {
    state: Object.fromEntries(changed.map((key) => [key, after[key]])),
    labels: Object.fromEntries([
      ...added.map((label) => [label, true]),
      ...removed.map((label) => [label, false]),
    ]),
    ...(isNew && { language }),
  };
}

/**
 * Whether somebody else has changed what these change, since `before` was read: then they would
 * undo it.
 */
export const collide = ({ state }: Changes, before: Call, now: Call): boolean =>
  Object.keys(state).some((key) => !isDeepStrictEqual(before.state[key], now.state[key]));

/** Only what survives JSON is kept, so only that counts as a change. */
const asKept = (state: TemplateState) =>
  JSON.parse(JSON.stringify(state ?? {})) as Record<string, Json>;
