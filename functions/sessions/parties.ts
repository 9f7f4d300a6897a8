import { factsIn, unpackDocument } from './document-item.ts';
import { callFromOldSession } from './old-session.ts';
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
  const started = factsIn(row).filter((fact) => fact.kind === 'start');
  const known = row.doc?.B ? [unpackDocument('', row.doc.B).call] : [];
  const told = [callFromOldSession('', row), ...known, ...started];
  return Object.assign({}, ...told.map(partiesOf));
}

const partiesOf = ({ caller, callee, number }: Parties): Parties => ({
  ...(caller && { caller }),
  ...(callee && { callee }),
  ...(number && { number }),
});
