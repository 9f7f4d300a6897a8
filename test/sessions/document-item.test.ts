import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Call, freshCall } from '../../functions/call/document.ts';
import {
  packDocument,
  packFact,
  unpackDocument,
  unpackFact,
} from '../../functions/sessions/document-item.ts';
import { fact, fullCall, utterance } from '../support/facts.ts';

const FOLDED = ['other-1', 'other-2'];
const ENDED = fact({ kind: 'ended' }, { id: 'ended-1', socket: 'L0SM9cOFvHcCIhw=' });

/** A call with nothing at its default, and a fact, as version 1 has written them. */
const GOLDEN = {
  doc: [
    'AZ1XS27bMBS8isFun4JHSopMAV21DZL0t2h3gRaSLMBKHduwlBpBoE1v0VUv0l0v1CME/IlPjNwAXVmS+XkcznCGbktivycJPNfm',
    'MRKjHBMzUYLjzkpEhXFAX9PHNR37ugL0b3QUtpAMkbL0HAcYx+FubSn4coNxuB1naWpxtBIQKBWIVHeHVXPIk4xztzjT0+h3W94p',
    'Nl3/+a2sbvH3188f6sRsu57lNxwe2app9izf3m82asbyrHpVuzn0jrTqYNn1a42kagasudv3Dyy/KYCx/HEYKOkNpUulxpP0f5nt',
    'X9dtt2i7RXk2w3uOiMNJDEsFg/cwb/YQ2hnMOFI8caSpqgQC3UtnhrblRGaCz8iMKCtGIJqxw1ZsKsWJ3oC4rSKVwbnyOE/8/v/Q',
    'rubQlobSo6nLVEuGGLuqLcgv3brd7zXmGo10mEtYMbj8ZZdLgpKCi0QkKcFmottdZZRkg1TJPBq1R0NHmRdQcCZ+imDTyAU+YmnU',
    'fTZTAwSu76r0CzVnTKrAtPYvVD8SV781D7pPvdv2zbaPOCuKicN1+m9FvgICj+z86YIzNkniAE85F3GSnmfLaTKIUcRcpIhIkwT5',
    'rmeg6cG+6KnHmGAe9LcgMHzALx9l/fni+2X95mp9fG0LThXUY5T4d7pbNdHbdyTd6ffofdnflp+a+0O5YZqLzy4LGUJwX1A7Qm4c',
    'SwR3g5AINNDIBMLriEyBXChkBuSmQUOINj2NhHkSrBieAA==',
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
          utterance(one.key, {
            actions: [{ type: 'speak', text: one.said }],
            sent: { at: one.at, by: one.key },
          }),
        ),
      { maxLength: 20 },
    ),
  });
  return fc.assert(
    fc.property(calls, (parts) => {
      const call: Call = JSON.parse(JSON.stringify({ ...fullCall('any'), ...parts }));
      expect(unpackDocument('any', packDocument({ call, folded: FOLDED }))).toEqual({
        call,
        folded: FOLDED,
      });
      const own = fact({ kind: 'unsaid', by: call.labels.join('') });
      expect(unpackFact(packFact(own))).toEqual(own);
    }),
    { numRuns: 300 },
  );
});
