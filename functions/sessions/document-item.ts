import { type Call, type Fact, freshCall } from '../call/document.ts';
import { packed, unpacked } from './packed.ts';
import type { Row } from './table.ts';

/** What lies in a call's row as `doc`: the call, and the facts that it knows. */
export interface Document {
  readonly call: Call;
  readonly folded: readonly string[];
}

/** Without what the row has elsewhere, and what is as in a call of which nothing is known. */
export function packDocument({ call: { id, facts: _, ...call }, folded }: Document): Uint8Array {
  const fresh: Record<string, unknown> = { ...freshCall(id), folded: [] };
  const known = Object.entries({ ...call, folded }).filter(
    ([name, value]) => value !== fresh[name] && !(isEmpty(value) && isEmpty(fresh[name])),
  );
  return packed(Object.fromEntries(known));
}

/** What isn't a text or a number in a fresh call is an empty array or object. */
const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

export function unpackDocument(id: string, bytes: Uint8Array): Document {
  const { folded = [], ...call } = unpacked(bytes) as Partial<Call> & { folded?: string[] };
  return { call: { ...freshCall(id), ...call }, folded };
}

export const packFact = (fact: Fact): Uint8Array => packed(fact);

export const unpackFact = (bytes: Uint8Array): Fact => unpacked(bytes) as Fact;

/** Those of a row, as they were recorded: perhaps twice. */
export const factsIn = ({ facts }: Row): Fact[] =>
  (facts?.L ?? []).flatMap(({ B }) => (B ? [unpackFact(B)] : []));
