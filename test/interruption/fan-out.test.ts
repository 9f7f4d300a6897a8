import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { InterruptionFailed } from '../../functions/interruption/interrupt-handler.ts';
import { eventBridge, http, sqs, sqsRecord } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { passing } from '../support/passing.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

/** Lambda's, of the interrupt function. */
const TIMEOUT_MS = 10_000;
const LABEL = 'order:4711';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const line = (options: LineOptions = {}) =>
  phoneLine({ clock, sessions, outcomes, sent, ...options });
type Line = ReturnType<typeof line>;

const labelled: Template = { onSessionStart: (_event, { labels }) => void labels.add(LABEL) };
/** Needs a while for its words. */
const thoughtful = (ms: number): Template => ({
  ...labelled,
  onTrigger: async () => {
    await new Promise<void>((go) => clock.after(ms, go));
    return 'We close.';
  },
});

const ids = (count: number) => Array.from({ length: count }, (_, n) => `call-${n}`);

/** Calls in progress. */
async function calls(count: number, { hear }: Line) {
  for (const id of ids(count)) await hear({ ...EVENTS.session_start, session: { ...SESSION, id } });
  return ids(count);
}

const invocation = () => {
  const until = clock.now() + TIMEOUT_MS;
  return { awsRequestId: 'request-1', getRemainingTimeInMillis: () => until - clock.now() };
};

/** Within the time that Lambda gives it, or the test fails. */
const inTime = <T>(work: Promise<T>) => passing(clock, work, TIMEOUT_MS);

async function overHttp({ trigger }: Line, body: object, requestId = 'http-1') {
  const event = http(body);
  const requestContext = { ...event.requestContext, requestId, timeEpoch: clock.now() };
  const { statusCode, body: reply } = (await inTime(
    trigger({ ...event, requestContext }, invocation()),
  )) as {
    statusCode: number;
    body: string;
  };
  return { status: statusCode, ...JSON.parse(reply) };
}

/** Until nothing is queued any more, each invocation in its own time. */
async function allTurns({ queued, turn }: Line) {
  while (queued.length > 0)
    expect(await inTime(turn(invocation()))).toEqual({ batchItemFailures: [] });
}

const told = () => sent.map(({ session_id }) => session_id).sort();
const finals = () =>
  outcomes.events.map(({ session_id, outcome, reason }) => [session_id, reason ?? outcome]);
const CLOSING = { target: { everyone: true }, say: 'We close.' };

describe('many calls', () => {
  it('are passed on as the interruption was sent, a message for each call', async () => {
    const many = line();
    const all = await calls(60, many);
    const request = { ...CLOSING, id: 'closing', urgent: true, max_age_seconds: 10 };
    expect(await overHttp(many, request)).toEqual({
      status: 200,
      interruption_id: 'closing',
      outcomes: [],
      queued: 60,
    });
    expect(sent).toEqual([]);
    expect(many.queued.map(({ attributes }) => attributes.passed_on_for)).toEqual(all);
    expect(JSON.parse(many.queued[0]?.body ?? '')).toEqual({
      ...CLOSING,
      id: 'closing',
      urgent: true,
      triggered_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(clock.now() + 10_000).toISOString(),
    });
    await allTurns(many);
    expect(told()).toEqual([...all].sort());
  });

  it('are looked at, and not passed on, by a dry run', async () => {
    const many = line();
    await calls(60, many);
    const { outcomes: seen, queued } = await overHttp(many, { ...CLOSING, dry_run: true });
    expect([seen.length, queued]).toEqual([60, undefined]);
  });

  it('may be called off', async () => {
    const many = line({ push: false });
    await calls(60, many);
    await overHttp(many, { ...CLOSING, id: 'closing' });
    await allTurns(many);
    expect(await overHttp(many, { target: { everyone: true }, cancel: 'closing' })).toMatchObject({
      queued: 60,
    });
    await allTurns(many);
    expect(finals().filter(([, what]) => what === 'cancelled')).toHaveLength(60);
  });
});

describe('whether the target names a call', () => {
  it.each([50, 51])('is asked again when its turn comes, of %i calls', async (count) => {
    const many = line({
      template: { ...labelled, onDtmfReceived: (_event, { labels }) => void labels.delete(LABEL) },
    });
    const all = await calls(count, many);
    const forgetful: CallStore = {
      ...sessions,
      async find(target) {
        const found = await sessions.find(target);
        await many.hear({ ...EVENTS.dtmf_received, session: { ...SESSION, id: 'call-7' } });
        return found;
      },
    };
    const late = line({ store: forgetful });
    await overHttp(late, { ...CLOSING, target: { label: LABEL } });
    await allTurns(late);
    expect(told()).toEqual(all.filter((id) => id !== 'call-7').sort());
    expect(finals()).toContainEqual(['call-7', 'unknown_session']);
  });

  it('is asked of whoever writes the attribute by hand', async () => {
    const one = line({ template: labelled });
    await calls(1, one);
    const byHand = (body: object, session_id: string) =>
      one.trigger(
        sqs(sqsRecord(body, { messageAttributes: { passed_on_for: { stringValue: session_id } } })),
      );
    const now = { triggered_at: new Date(clock.now()).toISOString() };
    await byHand({ ...CLOSING, ...now, id: 'a', target: { label: 'order:1' } }, 'call-0');
    await byHand({ ...CLOSING, ...now, id: 'b' }, 'call-1');
    expect(finals()).toEqual([
      ['call-0', 'unknown_session'],
      ['call-1', 'unknown_session'],
    ]);
    const another = { say: 'Hi', session_id: 'call-1', ...now };
    const failed = { batchItemFailures: [{ itemIdentifier: expect.any(String) }] };
    expect(await byHand(another, 'call-0')).toEqual(failed);
    expect(await byHand(another, 'no session / id')).toEqual(failed);
    expect(sent).toEqual([]);
  });
});

describe('a fan-out that fails in part', () => {
  const half = () => Array.from({ length: 60 }, (_, n) => n < 50);

  it('says for which calls, what to repeat, and how many were passed on; then nobody hears it twice', async () => {
    const many = line({ queueTakes: half() });
    const all = await calls(60, many);
    const first = await overHttp(many, CLOSING, 'http-1');
    expect(first).toMatchObject({ status: 502, interruption_id: 'http-1', queued: 50 });
    expect(first.outcomes).toEqual(
      all.slice(50).map((session_id) => ({
        session_id,
        outcome: 'failed',
        error: {
          code: 'queue_unavailable',
          message: expect.stringContaining('"id": "http-1"'),
          retryable: true,
        },
      })),
    );
    expect(finals()).toEqual(all.slice(50).map((id) => [id, 'failed']));
    await allTurns(many);
    expect(await overHttp(many, { ...CLOSING, id: first.interruption_id }, 'http-2')).toMatchObject(
      { queued: 60 },
    );
    await allTurns(many);
    expect(told()).toEqual([...all].sort());
    expect(finals().filter(([, what]) => what === 'duplicate')).toHaveLength(50);
  });

  it('has an outcome for each call when nothing could be passed on', async () => {
    const many = line({ queueTakes: Array(60).fill(false) });
    await calls(60, many);
    const reply = await overHttp(many, CLOSING);
    expect([reply.status, reply.outcomes.length, reply.queued]).toEqual([502, 60, undefined]);
  });

  it('names what to repeat in the error of a function as well', async () => {
    const many = line({ queueTakes: half() });
    await calls(60, many);
    const failing = inTime(
      many.trigger(
        eventBridge(CLOSING, { time: new Date(clock.now()).toISOString() }),
        invocation(),
      ),
    );
    await expect(failing).rejects.toThrow(
      new InterruptionFailed(
        'it failed for 10 call(s): send it again with "id": "eb-17793124-05d4-b198-2fde-7ededc63b103", and nobody hears it twice',
      ),
    );
  });
});

describe('words that a template has to find first', () => {
  const ASKED = { target: { label: LABEL }, context: { closing: true } };

  it.each([20, 21, 45, 60])(
    'reach %i calls before any function is ended, each with an outcome',
    async (count) => {
      const many = line({ template: thoughtful(4_000) });
      const all = await calls(count, many);
      await overHttp(many, ASKED);
      await allTurns(many);
      expect(told()).toEqual([...all].sort());
      expect(finals().sort()).toEqual(all.map((id) => [id, 'delivered']).sort());
    },
  );

  it('reach the calls of several messages at once', async () => {
    const many = line({ template: thoughtful(4_000) });
    const all = await calls(20, many);
    const messages = ['a', 'b', 'c'].map((id) =>
      sqsRecord(
        { ...ASKED, id, triggered_at: new Date(clock.now()).toISOString() },
        { messageId: id },
      ),
    );
    expect(await inTime(many.trigger(sqs(...messages), invocation()))).toEqual({
      batchItemFailures: [],
    });
    expect([sent.length, many.queued.length]).toEqual([20, 40]);
    await allTurns(many);
    expect(told()).toEqual([...all, ...all, ...all].sort());
  });

  it('are not all that is slow: who would have their turn too late are passed on', async () => {
    const slow: CallStore = {
      ...sessions,
      async read(id) {
        await new Promise<void>((go) => clock.after(3_500, go));
        return sessions.read(id);
      },
    };
    const many = line({ store: slow });
    const all = await calls(50, many);
    const reply = await overHttp(many, CLOSING);
    expect([reply.outcomes.length, reply.queued]).toEqual([40, 10]);
    await allTurns(many);
    expect(told()).toEqual([...all].sort());
  });

  it('are not waited for by a dry run that would outlive its function', async () => {
    const many = line();
    await calls(90, many);
    const slow: CallStore = {
      ...sessions,
      async read(id) {
        await new Promise<void>((go) => clock.after(2_500, go));
        return sessions.read(id);
      },
    };
    const dry = line({ store: slow });
    const { status, outcomes: seen } = await overHttp(dry, { ...CLOSING, dry_run: true });
    expect(status).toBe(200);
    expect(seen.filter(({ outcome }: { outcome: string }) => outcome === 'delivered')).toHaveLength(
      60,
    );
    expect(seen.at(-1)).toMatchObject({
      session_id: 'call-89',
      error: { code: 'out_of_time', retryable: true },
    });
    expect(dry.queued).toEqual([]);
  });
});

it('one call that is passed on has no outcome yet', async () => {
  const one = line();
  await calls(1, one);
  const reply = http({
    session_id: 'call-0',
    say: 'Hi',
    triggered_at: new Date(clock.now()).toISOString(),
  });
  expect(await inTime(one.trigger(reply, { getRemainingTimeInMillis: () => 1_000 }))).toMatchObject(
    {
      statusCode: 202,
    },
  );
  await allTurns(one);
  expect(told()).toEqual(['call-0']);
});
