import { type expression, guardValue, saidValue, speechValue } from './row.ts';
import type { Push } from './session.ts';

/** What a push changes in the session's row, as part of the write that claims it. */
export function pushClauses(
  { name, value, clauses }: Pick<ReturnType<typeof expression>, 'name' | 'value' | 'clauses'>,
  key: string,
  { replacement, transfers }: Push,
): void {
  if (transfers) clauses.SET.push(`${name('transferred')} = ${value({ BOOL: true })}`);
  if (!replacement) return;
  const { speech, guard, follow_up } = replacement;
  clauses.SET.push(`${name('said')} = ${value(saidValue(key, speech.after))}`);
  clauses.SET.push(`${name('speech')} = ${value(speechValue(speech))}`);
  // What was under guard has been cut.
  if (guard) clauses.SET.push(`${name('guard')} = ${value(guardValue(guard))}`);
  else clauses.REMOVE.push(name('guard'));
  // Never unset here: what follows the replacement that this one cuts is still to come.
  if (follow_up) clauses.SET.push(`${name('next')} = ${value({ BOOL: true })}`);
}
