import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../functions/call/outcome.ts';
import type { Invocation } from '../../functions/interruption/fan-out.ts';
import {
  createInterruptHandler,
  InterruptionFailed,
} from '../../functions/interruption/interrupt-handler.ts';
import { type Interruption, InvalidInterruption } from '../../functions/interruption/request.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { manualClock } from '../support/manual-clock.ts';

const NOW = Date.parse('2026-11-23T12:00:02Z');
const AT = '2026-11-23T12:00:00Z';
const ARN = `arn:aws:scheduler:eu-central-1:123456789012:schedule/${'g'.repeat(64)}/${'s'.repeat(64)}`;
const EXECUTION = `arn:aws:states:eu-central-1:123456789012:execution:${'m'.repeat(80)}:${'e'.repeat(80)}`;
const interruption = { target: { label: 'order:4711' }, say: 'Your table is {$.free}.' };

let seen: { interruption: Interruption; invocation: Invocation | undefined }[];
let outcome: Outcome;
let handle: (event: unknown) => Promise<unknown>;

beforeEach(() => {
  seen = [];
  outcome = { outcome: 'delivered' };
  let requests = 0;
  const invoked = createInterruptHandler({
    interrupt: async (interruption, invocation) => {
      seen.push({ interruption, invocation });
      return { outcomes: [outcome] };
    },
    look: async () => {},
    outcomes: { publish: async () => {} },
    clock: manualClock(NOW),
    log: lambdaLog().log,
  });
  handle = (event) => invoked(event, { awsRequestId: `request-${requests++}` });
});

const ids = () => seen.map(({ interruption: { id } }) => id);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('what a schedule sends', () => {
  const attempt = (over: object = {}) => ({
    interruption,
    schedule: { arn: ARN, time: AT, ...over },
  });

  it('is one interruption however often Scheduler tries', async () => {
    await handle(attempt({ execution_id: 'd32c5kddcf5bb8c3', attempt: '1' }));
    await handle(attempt({ execution_id: 'e43d6leedg6cc9d4', attempt: '2' }));
    expect(ids()).toEqual(Array(2).fill(sha256(`${ARN} ${AT}`)));
    // Nobody waits for a reply.
    expect(seen[0]?.invocation?.retries).toBe(true);
  });

  it.each([
    ['at once', 2, 0],
    ['at the end of its minute', 59, 0],
    ['after another attempt', 75, 15],
  ])(
    'counts as triggered when it comes %s, within the minute that Scheduler has',
    async (_what, after, age) => {
      const time = new Date(NOW - after * 1000).toISOString();
      await handle(attempt({ time }));
      expect(seen[0]?.interruption.triggered_at).toBe(NOW - age * 1000);
    },
  );

  it('is another one at another time, and of another schedule', async () => {
    await handle(attempt());
    await handle(attempt({ time: '2026-11-24T12:00:00Z' }));
    await handle(attempt({ arn: `${ARN}-2` }));
    expect(new Set(ids()).size).toBe(3);
  });

  it('has words that are no mapping: what stands in braces is said', async () => {
    await handle(attempt());
    expect(seen[0]?.interruption.request.say).toBe(interruption.say);
  });

  it('may have an id of its own', async () => {
    await handle({ ...attempt(), interruption: { ...interruption, id: 'table-7' } });
    expect(ids()).toEqual(['table-7']);
  });

  it.each([
    [{ arn: undefined }, 'schedule.arn'],
    [{ arn: '<aws.scheduler.schedule-arn>' }, 'schedule.arn'],
    [{ time: '' }, 'schedule.time'],
  ])('is refused with %j, which would make all the same', async (over, field) => {
    await expect(handle(attempt(over))).rejects.toMatchObject({
      name: 'InvalidInterruption',
      field,
    });
    expect(seen).toEqual([]);
  });
});

describe('what a state of Step Functions sends', () => {
  /** The Context object, as `"execution.$": "$$"` hands it over. */
  const context = (State: object = {}, over: object = {}) => ({
    Execution: {
      Id: EXECUTION,
      Input: { order: '4711' },
      Name: 'e',
      RoleArn: 'arn:aws:iam::123456789012:role/tell',
      StartTime: '2026-11-23T11:59:58.123Z',
      RedriveCount: 0,
    },
    State: { Name: 'Tell', EnteredTime: AT, RetryCount: 0, ...State },
    StateMachine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:m', Name: 'm' },
    ...over,
  });
  const send = (State?: object, over?: object) =>
    handle({ interruption, execution: context(State, over) });

  it('is one interruption however often it is retried, and answers with what came of it', async () => {
    const id = sha256(`${EXECUTION} Tell ${AT}`);
    expect(await send()).toEqual({ interruption_id: id, outcomes: [outcome] });
    await send({ RetryCount: 1 });
    expect(ids()).toEqual([id, id]);
    expect(seen[0]?.interruption.triggered_at).toBe(Date.parse(AT));
    expect(seen[0]?.invocation?.retries).toBe(false);
  });

  it('is another one from another state, when it is entered again, and for another item of a map', async () => {
    await send();
    await send({ Name: 'TellAgain' });
    await send({ EnteredTime: '2026-11-23T12:00:01Z' });
    await send({}, { Map: { Item: { Index: 0, Value: {} } } });
    await send({}, { Map: { Item: { Index: 1, Value: {} } } });
    expect(new Set(ids()).size).toBe(5);
  });

  it('fails by a name that the state can retry, and by another one that it can not', async () => {
    outcome = {
      outcome: 'failed',
      error: { code: 'unreachable', message: 'no', retryable: true },
    };
    const failed = await send().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(InterruptionFailed);
    expect(Object(failed).name).toBe('InterruptionFailed');
    const wrong = handle({ interruption: { say: 'Hi' }, execution: context() });
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidInterruption' });
  });

  it('is answered where nothing else would come of it by trying again', async () => {
    outcome = { outcome: 'skipped', reason: 'unknown_session' };
    expect(await send()).toMatchObject({ outcomes: [outcome] });
  });

  it.each([
    ['execution.Execution.Id', { execution: {} }],
    ['execution.State.Name', { execution: { Execution: { Id: EXECUTION } } }],
    ['execution.State.EnteredTime', { execution: context({ EnteredTime: 7 }) }],
  ])('is refused without %s', async (field, of) => {
    const refused = await handle({ interruption, ...of }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidInterruption);
    expect(refused).toMatchObject({ field });
  });
});
