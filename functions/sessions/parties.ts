import { factsIn, unpackDocument } from './document-item.ts';
import type { Row } from './table.ts';

/** Who called whom, as digits; `number` is ours where that isn't the callee. */
interface Parties {
  readonly caller?: string | undefined;
  readonly callee?: string | undefined;
  readonly number?: string | undefined;
}

/**
 * What the row of a call says of itself, in whichever way it was written: by its document, its
 * facts, or an older version.
 */
export function partiesIn(row: Row): Parties {
  const { doc, caller, callee, number } = row;
  const started = factsIn(row).filter((fact) => fact.kind === 'start');
  const known = doc?.B && unpackDocument('', doc.B).call;
  const old = { caller: caller?.S, callee: callee?.S, number: number?.S };
  return Object.assign({}, old, known && partiesOf(known), ...started.map(partiesOf));
}

const partiesOf = ({ caller, callee, number }: Parties): Parties => ({
  ...(caller && { caller }),
  ...(callee && { callee }),
  ...(number && { number }),
});
