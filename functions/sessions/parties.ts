import { unpackDocument, unpackFact } from './document-item.ts';
import type { Row } from './table.ts';

/** Who called whom, as digits; `number` is ours where that isn't the callee. */
interface Parties {
  readonly caller?: string | undefined;
  readonly callee?: string | undefined;
  readonly number?: string | undefined;
}

/** What the row of a call says of itself, by its document or by facts that are newer. */
export function partiesIn({ doc, facts }: Row): Parties {
  const recorded = (facts?.L ?? []).flatMap(({ B }) => (B ? [unpackFact(B)] : []));
  const started = recorded.filter((fact) => fact.kind === 'start');
  const known = doc?.B && unpackDocument('', doc.B).call;
  return Object.assign({}, known && partiesOf(known), ...started.map(partiesOf));
}

const partiesOf = ({ caller, callee, number }: Parties): Parties => ({
  ...(caller && { caller }),
  ...(callee && { callee }),
  ...(number && { number }),
});
