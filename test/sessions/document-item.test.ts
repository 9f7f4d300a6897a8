import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Call, freshCall } from '../../functions/call/document.ts';
import { packDocument, packFact, unpackDocument, unpackFact } from '../../functions/sessions/document-item.ts';
import { fact, fullCall, utterance } from '../support/facts.ts';

const FOLDED = ['other-1', 'other-2'];
const ENDED = fact({ kind: 'ended' }, { id: 'ended-1', socket: 'L0SM9cOFvHcCIhw=' });

/** A call with nothing at its default, and a fact, as version 1 has written them. */
const GOLDEN = {
  doc: [
    'AZ2WTW7bMBCFr2Kw21EwpKQ4EtBV2yBJ/xbtLtBCkgVYqWMbllIjCLTpLbrqRbrrhXqEYkhRHDJKAnRlWbY05JvH+Z7tQuzakMDj',
    '03eM1HTgElMowamZGSLJarunIPA/sAOwO6yaQ54spbQvNE+aU7Etb6lpV39+EzYWf3/9/EFzqO16kV9LeBCrptmLfHu32VDF8qR6',
    'VdsaWoWWjuuuX+vV099ANLf7/l7k1wUIkT8MA/eWcU5Jpn/SZS+b6uu67RZttyhPZuwlEXEAJ7NtgP6MSpLBccGBE0JEwMycj705',
    '75tXIdjeUQ0OmNDNSj7v5hiB+XR8beW7Ghi1BrDKVk5Zj5r/p281p2+GCByOWaqNyQBJawtSQLdu93utst5/OszlkxhsehkbwGIG',
    'CcSCRpbBmCxudlUkhVOgdgroEPDCzi0An7KRH1bAhROttEs19IKAmGZlzInj6U1JwBGdip5jme5bc6+fqXfbvtn2kRRF4eGi0z+T',
    'xQoIeGVmhh0V0+zw/X9U4yBamjZaMJ3SZn2AmVJ6xuEMwxiaZSqlipP0dHnmUzpGFUuVIiKnOruvK3CSj1906QnZ5kLfC+D9Ab98',
    'zOrP598v6jeX6+PrccEp7WbC+vNJa9VEb9+xpKW/R+/L/qb81Nwdyo3Qfn6U0JcIQUinDrOYf4ZgY3uGEIb+LAWW4HkI0ATSmzVX',
    'ShTDPw==',
  ].join(''),
  fact: 'AYNqBhurawg3w9LUxNjUyAAEkIzzMQj2tUz2dyvzSHb2zChHMh3qLAA=',
};

it('no byte that these functions wrote before may be read in another way', () => {
  expect(unpackDocument('golden', Buffer.from(GOLDEN.doc, 'base64'))).toEqual({
    call: fullCall('golden'),
    folded: FOLDED,
  });
  expect(unpackFact(Buffer.from(GOLDEN.fact, 'base64'))).toEqual(ENDED);
});

it('what a later version has packed is refused, with what to do', () => {
  expect(() => unpackFact(Buffer.of(2, 0))).toThrow(
    'a call was written in version 2, and these functions read 1: deploy the newer ones',
  );
});

it('a call of which nothing is known takes hardly any room', () => {
  expect(packDocument({ call: freshCall('x'.repeat(200)), folded: [] }).length).toBeLessThan(8);
});

it('comes back as it was, whatever is in it', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 400 });
  const calls = fc.record({
    state: fc.dictionary(text, fc.jsonValue() as fc.Arbitrary<Call['state'][string]>),
    labels: fc.array(text),
    applied: fc.array(text),
    turn: fc.nat(),
    queue: fc.array(
      fc
        .record({ key: text, said: text, at: fc.double({ noNaN: true, noDefaultInfinity: true }) })
        .map((one) =>
          utterance(one.key, { actions: [{ type: 'speak', text: one.said }], sent: { at: one.at, by: one.key } }),
        ),
      { maxLength: 20 },
    ),
  });
  fc.assert(
    fc.property(calls, (parts) => {
      const call: Call = JSON.parse(JSON.stringify({ ...fullCall('any'), ...parts }));
      expect(unpackDocument('any', packDocument({ call, folded: FOLDED }))).toEqual({ call, folded: FOLDED });
      const own = fact({ kind: 'unsaid', by: call.labels.join('') });
      expect(unpackFact(packFact(own))).toEqual(own);
    }),
    { numRuns: 300 },
  );
});
