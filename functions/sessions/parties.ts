import type { Parties } from '../call/document.ts';
import { factsIn, unpackDocument } from './document-item.ts';
import { callFromOldSession } from './old-session.ts';
import type { Row } from './table.ts';

/** Who called whom, as digits; `number` is ours where that isn't the callee. */
type Ends = Pick<Parties, 'caller' | 'callee' | 'number'>;

/**
 * What the row of a call says of itself, in whichever way it was written: by its document, its
 * facts, or an older version.
 */
export function partiesIn(row: Row): Ends {
  const started = factsIn(row).filter((fact) => fact.kind === 'start');
  const known = row.doc?.B ? [unpackDocument('', row.doc.B).call] : [];
  const told = [callFromOldSession('', row), ...known, ...started];
  return Object.assign({}, ...told.map(endsOf));
}

const endsOf = ({ caller, callee, number }: Ends): Ends => ({
  ...(caller && { caller }),
  ...(callee && { callee }),
  ...(number && { number }),
});
