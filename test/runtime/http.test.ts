import { expect, it } from 'vitest';
import { readJson } from '../../functions/runtime/http.ts';

it.each([
  ['', 'the body is empty: send JSON'],
  [null, 'the body is empty: send JSON'],
  ['{"type":', 'the body is not valid JSON'],
  ['"Grüße!"', 'the body must be at most 9 bytes; got 10'],
])('of %j whoever has sent it is told: %s', (body, message) => {
  expect(() => readJson({ body }, 9)).toThrow(message);
});
