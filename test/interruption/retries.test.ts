import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { eventBridge, http, sns, sqs, sqsRecord } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

const { id: session_id } = SESSION;
const SAY = { session_id, say: 'Your parcel has shipped.', id: 'shipped' };
const REFUSED: Delivery = {
  status: 'refused',
  code: 'refused',
  message: 'AI Flow answered 503',
  retryable: true,
};
const DELIVERED: Delivery = { status: 'delivered' };

let { clock, sessions, outcomes, sent } = aWorld();
let start: number;
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
  start = clock.now();
});

const line = (options: LineOptions = {}) =>
  phoneLine({ clock, sessions, outcomes, sent, ...options });

/** AI Flow is away for so long. */
const outage = (ms: number) => () => (clock.now() < start + ms ? REFUSED : DELIVERED);

/** A second after the beginning DynamoDB is away, until then. */
const awayUntil = (ms: number): CallStore => ({
  ...sessions,
  read: async (id) =>
    clock.now() > start + 1_000 && clock.now() < start + ms
      ? Promise.reject(new Error('away'))
      : sessions.read(id),
});

const words = () =>
  outcomes.events.map(({ outcome, reason, error }) => reason ?? error?.code ?? outcome);

/** Each of the sources that don't reply. */
const SOURCES: [string, (request: object) => object][] = [
  ['EventBridge', (request) => eventBridge(request, { time: new Date(clock.now()).toISOString() })],
  ['SNS', (request) => sns({ triggered_at: new Date(clock.now()).toISOString(), ...request })],
  [
    'SQS',
    (request) => sqs(sqsRecord(request, { attributes: { SentTimestamp: String(clock.now()) } })),
  ],
];

describe.each(SOURCES)('an interruption from %s', (source, envelope) => {
  it('is said once AI Flow is back, within its expiry, and once', async () => {
    const { hear, trigger, log } = line({ answers: outage(15_000) });
    await hear(EVENTS.session_start);
    await trigger(envelope(SAY));
    expect(outcomes.events).toEqual([]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        message: 'interruption_retried',
        session_id,
        interruption_id: 'shipped',
        code: 'refused',
      }),
    );
    await clock.advance(14_000);
    expect(outcomes.events).toEqual([]);
    await clock.advance(4_000);
    expect(outcomes.events).toEqual([
      { interruption_id: 'shipped', session_id, outcome: 'delivered' },
    ]);
    const tries = sent.length;
    expect(tries).toBeLessThanOrEqual(9);
    await clock.advance(60_000);
    expect(sent).toHaveLength(tries);
  });

  it('has failed for good, and once, when AI Flow does not come back before it is too late', async () => {
    const { hear, trigger, queued } = line({ answers: outage(60_000) });
    await hear(EVENTS.session_start);
    await trigger(envelope(SAY));
    await clock.advance(120_000);
    expect(outcomes.events).toMatchObject([
      {
        interruption_id: 'shipped',
        outcome: 'failed',
        error: { code: 'refused', retryable: false },
      },
    ]);
    expect(queued).toEqual([]);
  });

  it('is tried once where it would be too late the next time', async () => {
    const { hear, trigger } = line({ answers: outage(60_000) });
    await hear(EVENTS.session_start);
    await trigger(envelope({ ...SAY, max_age_seconds: 1 }));
    expect(words()).toEqual(['refused']);
    await clock.advance(60_000);
    expect([sent.length, outcomes.events.length]).toEqual([1, 1]);
  });

  it('looks for its calls again when nobody could be looked up', async () => {
    const back: CallStore = {
      ...sessions,
      find: async (target) =>
        clock.now() < start + 5_000 ? Promise.reject(new Error('away')) : sessions.find(target),
    };
    const { hear, trigger } = line({ store: back });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.session_start, session: { ...SESSION, id: 'two' } });
    await trigger(envelope({ target: { everyone: true }, say: 'We close.' }));
    expect(outcomes.events).toEqual([]);
    await clock.advance(10_000);
    expect(sent.map((one) => one.session_id).sort()).toEqual([session_id, 'two'].sort());
    expect(words()).toEqual(['delivered', 'delivered']);
  });

  it('is tried again for those alone who have not heard it', async () => {
    const { hear, trigger } = line({ answers: [DELIVERED, REFUSED] });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.session_start, session: { ...SESSION, id: 'two' } });
    await trigger(envelope({ target: { everyone: true }, say: 'We close.' }));
    expect(words()).toEqual(['delivered']);
    await clock.advance(5_000);
    expect(words()).toEqual(['delivered', 'delivered']);
    const told = sent.map((one) => one.session_id);
    expect([told.length, new Set(told).size]).toEqual([3, 2]);
    expect(told[2]).toBe(told[1]);
  });

  it('is no longer said to whom its target does not name any more', async () => {
    const template: Template = {
      onSessionStart: (_event, { labels }) => void labels.add('order:4711'),
      onDtmfReceived: (_event, { labels }) => void labels.delete('order:4711'),
    };
    const { hear, trigger } = line({ answers: outage(1_000), template });
    await hear(EVENTS.session_start);
    await trigger(envelope({ target: { label: 'order:4711' }, say: 'It has shipped.' }));
    await hear(EVENTS.dtmf_received);
    await clock.advance(5_000);
    expect(words()).toEqual(['unknown_session']);
  });

  it('is not repeated where it may have been said', async () => {
    const { hear, trigger } = line({
      answers: [{ status: 'in_doubt', message: 'no answer within 800 ms' }],
    });
    await hear(EVENTS.session_start);
    await trigger(envelope(SAY));
    await clock.advance(60_000);
    expect([sent.length, words()]).toEqual([1, ['in_doubt']]);
  });

  it('is a failure of the source when the queue is away as well', async () => {
    const { hear, trigger } = line({ answers: outage(60_000), queueTakes: [false] });
    await hear(EVENTS.session_start);
    const event = envelope(SAY);
    if ('Records' in event && source === 'SQS') {
      expect(await trigger(event)).toMatchObject({ batchItemFailures: [{}] });
    } else {
      await expect(trigger(event)).rejects.toMatchObject({
        name: 'InterruptionFailed',
        message: expect.stringContaining('"id": "shipped"'),
      });
    }
    expect(outcomes.events).toMatchObject([
      { outcome: 'failed', error: { code: 'refused', retryable: true } },
    ]);
  });

  it('isn’t tried again once it has been cancelled', async () => {
    const { hear, trigger, interrupt } = line({ answers: outage(1_000) });
    await hear(EVENTS.session_start);
    await trigger(envelope(SAY));
    const cancelled = await interrupt({ id: 'called-off', say: undefined, cancel: 'shipped' });
    expect(cancelled).toMatchObject([{ reason: 'not_waiting' }]);
    await clock.advance(10_000);
    expect([sent.length, words()]).toEqual([1, ['cancelled']]);
  });

  it('may also call off what waits, once the store is back', async () => {
    const well = line();
    await well.hear(EVENTS.session_start);
    await well.hear({ ...EVENTS.assistant_speak, duration_ms: 20_000 });
    await well.interrupt({ when: 'after_current' });
    const back: CallStore = {
      ...sessions,
      read: async (id) =>
        clock.now() < start + 3_000 ? Promise.reject(new Error('away')) : sessions.read(id),
    };
    await line({ store: back }).trigger(envelope({ session_id, cancel: 'shipped' }));
    expect(words()).toEqual(['deferred']);
    await clock.advance(7_000);
    expect(words()).toEqual(['deferred', 'cancelled']);
  });
});

it('what is good for hours is tried less and less often', async () => {
  const { hear, trigger } = line({ answers: outage(3_600_000) });
  await hear(EVENTS.session_start);
  await trigger(
    sqs(
      sqsRecord({
        ...SAY,
        triggered_at: new Date(clock.now()).toISOString(),
        max_age_seconds: 7200,
      }),
    ),
  );
  await clock.advance(3_700_000);
  expect(words()).toEqual(['delivered']);
  expect(sent.length).toBeLessThan(120);
});

it('a reply is final: it says that it may be sent again, and under which id', async () => {
  const { hear, trigger, queued } = line({ answers: outage(1_000) });
  await hear(EVENTS.session_start);
  const { id: _, ...anonymous } = SAY;
  const event = http({ ...anonymous, triggered_at: new Date(clock.now()).toISOString() });
  const { statusCode, body } = (await trigger(event)) as { statusCode: number; body: string };
  const reply = JSON.parse(body);
  expect([statusCode, reply.interruption_id, reply.outcomes[0].error.retryable]).toEqual([
    502,
    event.requestContext.requestId,
    true,
  ]);
  expect(await trigger(anonymous, { awsRequestId: 'direct' })).toMatchObject({
    interruption_id: 'direct',
    outcomes: [{ error: { retryable: true } }],
  });
  await clock.advance(60_000);
  expect([sent.length, queued.length, words()]).toEqual([2, 0, ['refused', 'refused']]);
});

describe('what has waited for its moment', () => {
  it('goes on waiting while AI Flow is away, and has one outcome', async () => {
    const { hear, interrupt } = line({ answers: outage(15_000) });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.assistant_speak, duration_ms: 1_000, speech_started_at: clock.now() });
    expect(await interrupt({ when: 'after_current' })).toMatchObject([{ outcome: 'deferred' }]);
    // The end of the sentence gets lost: it is pushed by the clock.
    await clock.advance(18_000);
    expect(sent.length).toBeGreaterThan(1);
    expect(words().filter((outcome) => outcome !== 'deferred')).toEqual(['delivered']);
  });

  it('is looked at again while nobody can read its call, and goes out once somebody can', async () => {
    const { hear, interrupt, log } = line({ store: awayUntil(16_000) });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.assistant_speak, duration_ms: 2_000, speech_started_at: clock.now() });
    expect(await interrupt({ when: 'after_current' })).toMatchObject([{ outcome: 'deferred' }]);
    await clock.advance(14_000);
    expect([sent.length, words()]).toEqual([0, ['deferred']]);
    await clock.advance(6_000);
    expect([sent.length, words()]).toEqual([1, ['deferred', 'delivered']]);
    const looks = log.lines.filter(({ message }) => message === 'look_failed').length;
    await clock.advance(60_000);
    expect(log.lines.filter(({ message }) => message === 'look_failed')).toHaveLength(looks);
  });

  it('is left to the next event when nobody can read its call for a quarter of an hour', async () => {
    const { hear, interrupt, log } = line({ store: awayUntil(7_200_000) });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.assistant_speak, duration_ms: 2_000, speech_started_at: clock.now() });
    await interrupt({ when: 'after_current', max_age_seconds: 80_000 });
    await clock.advance(7_300_000);
    const looks = log.lines.filter(({ message }) => message === 'look_failed').length;
    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan(70);
    expect(sent).toEqual([]);
  });

  it('is skipped as expired when AI Flow stays away', async () => {
    const { hear, interrupt } = line({ answers: outage(120_000) });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.assistant_speak, duration_ms: 1_000, speech_started_at: clock.now() });
    await interrupt({ when: 'after_current' });
    await clock.advance(60_000);
    expect(words().filter((outcome) => outcome !== 'deferred')).toEqual(['expired']);
  });
});
