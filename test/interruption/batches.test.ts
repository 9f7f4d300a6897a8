import { beforeEach, describe, expect, it } from 'vitest';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { choicesFrom } from '../explore/choices.ts';
import { sqs, sqsRecord } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { passing } from '../support/passing.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';
import { queued } from '../support/pipe-envelopes.ts';

type Failures = { batchItemFailures: { itemIdentifier: string }[] };
const idsIn = (reply: unknown) =>
  (reply as Failures).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const POISON = [
  ...['', 'null', '[1]', '{"say":', '{"wake":1}', '{}', '{"session_id":"a","sya":"b"}'],
  ...[JSON.stringify({ target: { caller: '0176' }, say: 'x' }), '"', '{"__proto__":{"say":"x"}}'],
];

describe('poison in a batch', () => {
  it.each(Array.from({ length: 40 }, (_, n) => n + 1))(
    'fails alone, wherever it lies: %i',
    async (seed) => {
      const choices = choicesFrom(seed);
      const parts = aWorld();
      const line = phoneLine(parts);
      for (let n = 0; n < 10; n++)
        await line.hear({ ...EVENTS.session_start, session: { ...SESSION, id: `call-${n}` } });
      const records = Array.from({ length: 10 }, (_, n) => {
        const bad = choices.chance(0.4);
        const sent = {
          session_id: `call-${n}`,
          say: `Text ${n}.`,
          force: true,
          max_age_seconds: 3_600,
        };
        return { n, bad, body: bad ? choices.pick(POISON) : JSON.stringify(sent) };
      });
      const batch = records.map(({ n, body }) => sqsRecord(body, { messageId: `${n}` }));
      const reply = await passing(parts.clock, line.trigger(sqs(...batch)), 60_000);
      expect(idsIn(reply)).toEqual(records.filter(({ bad }) => bad).map(({ n }) => `${n}`));
      const heard = parts.sent.flatMap(({ actions }) =>
        actions.flatMap((action) => ('text' in action ? [action.text] : [])),
      );
      const good = records.filter(({ bad }) => !bad).map(({ n }) => `Text ${n}.`);
      expect([...heard].sort()).toEqual(good.sort());
    },
  );
});

/**
 * A FIFO queue: of a group nothing is handed out while something of it is, and what failed is
 * handed out again, first.
 */
function fifoQueue(messages: { id: string; group: string; body: unknown }[]) {
  let rest = [...messages];
  return {
    isEmpty: () => rest.length === 0,
    batch: () => rest.slice(0, 10),
    done(batch: readonly { id: string }[], failed: readonly string[]) {
      rest = rest.filter(({ id }) => !batch.some((one) => one.id === id) || failed.includes(id));
    },
  };
}

describe.each([
  ['of its own', (records: object[]) => sqs(...records)],
  [
    'that a pipe reads',
    (records: object[]) =>
      records.map((event) => ({
        interruption: {
          session_id: '{$.body.session_id}',
          say: '$.body.say',
          id: '{$.body.id}',
          max_age_seconds: 3_600,
        },
        event,
      })),
  ],
])('a FIFO queue %s', (_name, envelope) => {
  let told: string[];
  beforeEach(() => {
    told = [];
  });

  /** Tells each message, and fails for the moment as often as the seed says. */
  function handler(seed: number, put: unknown[]) {
    const choices = choicesFrom(seed);
    const clock = manualClock();
    return createInterruptHandler({
      interrupt: async ({ id }, invocation) => {
        await new Promise((go) => setImmediate(go));
        if (!choices.chance(0.3)) {
          told.push(id);
          return { outcomes: [{ outcome: 'delivered' }] };
        }
        if (invocation?.retries) put.push(id);
        const error = { code: 'unreachable', message: 'down', retryable: true };
        return { outcomes: [{ outcome: 'failed', error }] };
      },
      look: async () => {},
      outcomes: { publish: async () => {} },
      clock,
      log: recordingLog(),
    });
  }

  it.each(Array.from({ length: 25 }, (_, n) => n + 1))(
    'keeps the order of each group, and loses and doubles nothing: %i',
    async (seed) => {
      const put: unknown[] = [];
      const handle = handler(seed, put);
      const messages = Array.from({ length: 30 }, (_, n) => {
        const group = `session-${n % 3}`;
        const id = `${group}-${String(n).padStart(2, '0')}`;
        return {
          id,
          group,
          body: { session_id: group, say: `Text ${n}.`, id, max_age_seconds: 3_600 },
        };
      });
      const queue = fifoQueue(messages);
      for (let rounds = 0; !queue.isEmpty() && rounds < 200; rounds++) {
        const batch = queue.batch();
        const records = batch.map(({ id, group, body }) => {
          const attributes = { ...sqsRecord('').attributes, MessageGroupId: group };
          return Array.isArray(envelope([]))
            ? queued(body, { messageId: id, attributes })
            : sqsRecord(body, { messageId: id, attributes });
        });
        queue.done(batch, idsIn(await handle(envelope(records))));
      }
      for (const group of ['session-0', 'session-1', 'session-2']) {
        const ids = messages.filter((one) => one.group === group).map(({ id }) => id);
        expect(told.filter((id) => id.startsWith(group))).toEqual(ids);
      }
      // On a queue of ours it would come after those behind it.
      expect(put).toEqual([]);
    },
  );

  it('a failure holds its group, and no other', async () => {
    const handle = createInterruptHandler({
      interrupt: async ({ id }) => {
        told.push(id);
        const error = { code: 'unreachable', message: 'down', retryable: true };
        return {
          outcomes: [id === 'a1' ? { outcome: 'failed', error } : { outcome: 'delivered' }],
        };
      },
      look: async () => {},
      outcomes: { publish: async () => {} },
      clock: manualClock(),
      log: recordingLog(),
    });
    const records = ['a1', 'b1', 'a2', 'b2'].map((id) => {
      const attributes = { ...sqsRecord('').attributes, MessageGroupId: id.charAt(0) };
      const body = { session_id: id.charAt(0), say: 'Hi', id, max_age_seconds: 3_600 };
      return Array.isArray(envelope([]))
        ? queued(body, { messageId: id, attributes })
        : sqsRecord(body, { messageId: id, attributes });
    });
    expect(idsIn(await handle(envelope(records)))).toEqual(['a1', 'a2']);
    expect(told.sort()).toEqual(['a1', 'b1', 'b2']);
  });
});
