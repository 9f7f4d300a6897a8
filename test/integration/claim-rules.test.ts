import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDynamoDbStore } from '../../functions/sessions/dynamodb-store.ts';
import type { Claim, SessionChanges } from '../../functions/sessions/session.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

const dynamodb = embeddedDynamoDb();
const clock = manualClock();
const now = clock.now();

const time = fc.integer({ min: -4, max: 4 }).map((tick) => now + tick * 1000);
// What is over by time, and what refuses all else, is tried less often.
const later = fc.integer({ min: -1, max: 4 }).map((tick) => now + tick * 1000);
const rarely = <T>(value: T) => fc.constantFrom(undefined, undefined, undefined, undefined, value);
const flag = fc.option(fc.boolean(), { nil: undefined });
const heard = fc.record({
  speech: fc.option(fc.record({ at: time, after: time, until: later }), { nil: undefined }),
  guard: fc.option(fc.record({ kind: fc.constantFrom('protected', 'urgent'), at: time, after: time, until: later }), {
    nil: undefined,
  }),
  ended: fc.option(time, { nil: undefined, freq: 2 }),
  transferred: rarely(true),
});
const rules = fc.record({
  if_turn: fc.oneof(rarely(0), rarely(1)),
  only_if_speaking: flag,
  after_current: flag,
  urgent: flag,
  force: flag,
  label: fc.oneof(rarely('order:1'), rarely('order:2')),
  behind: fc.oneof(rarely('before'), rarely('other')),
});

/** The condition of the write and `refusal` are one rule, said twice. */
it('a claim is refused exactly when the rules say so, and for that reason', async () => {
  const store = createDynamoDbStore({ client: dynamodb.client(), table: dynamodb.table, clock, log: recordingLog() });
  const met: Record<string, number> = {};
  let count = 0;
  const property = fc.asyncProperty(heard, rules, async ({ ended, ...changes }, wanted) => {
    const session_id = `call-${count++}`;
    await store.record({ session_id, kind: 'start' });
    if (ended) await store.record({ session_id, kind: 'other', at: ended, speech: 'ended' });
    await store.claim({ session_id, key: 'before', owner: 'it--', push: { replacement: { ...NOTHING_SAID } } });
    const changed = { state: {}, labels: { 'order:1': true }, ...defined(changes) } as SessionChanges;
    await store.change(session_id, changed);
    const claim = { session_id, key: 'key', owner: 'me--', ...defined(wanted) } as Claim;
    const reason = await store.check(claim);
    const claimed = await store.claim(claim);
    expect(claimed.claimed ? undefined : claimed.reason).toBe(reason);
    met[reason ?? 'claimed'] = (met[reason ?? 'claimed'] ?? 0) + 1;
  });
  await fc.assert(property, { numRuns: 400 });
  const all = ['claimed', 'not_speaking', 'outranked', 'protected', 'speaking', 'stale_turn', 'transferred'];
  expect(Object.keys(met)).toEqual(expect.arrayContaining(all));
});

const NOTHING_SAID = { speech: { at: now - 9_000, after: now - 9_000, until: now - 8_000 }, follow_up: false };

/** Without what is `undefined`, as JSON would have it. */
const defined = (value: object) => Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined));
