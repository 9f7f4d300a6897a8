import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nameProblem } from '../../functions/assistant/declared-names.ts';

/** Every variable that a function reads: a call flow that had it would change what it does. */
const OURS = [
  ...readFileSync(new URL('../../functions/runtime/env.ts', import.meta.url), 'utf8').matchAll(
    /(?:required|optional|number|service|secretPlace|json<\w+>)\('([A-Z_]+)'|process\.env\.([A-Z_]+)/g,
  ),
].map(([, read, raw]) => (read ?? raw) as string);

it.each([...new Set(OURS), 'PATH', 'SHOP_KEY_SECRET_ID'])(
  '%s is no variable for a call flow',
  (name) => {
    expect(nameProblem('env', name)).toContain(`${name} is a name of Lambda's or ours`);
  },
);

it('others are', () => {
  expect(OURS.length).toBeGreaterThan(25);
  for (const name of ['SHOP_URL', 'CRM', 'MODEL_RAILWAYS_URL', 'MY_TEMPLATE'])
    expect(nameProblem('env', name)).toBeUndefined();
});
