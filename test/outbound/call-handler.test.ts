import { describe, expect, it } from 'vitest';
import { createCallHandler } from '../../functions/outbound/call-handler.ts';
import type { Placement } from '../../functions/outbound/place-call.ts';
import { recordingLog } from '../support/log.ts';

const PLACED: Placement = { status: 'placed' };
const BUSY: Placement = {
  status: 'refused',
  code: 'refused',
  message: 'AI Flow answered 503',
  retryable: true,
};
const DOUBT: Placement = { status: 'in_doubt', message: 'AI Flow answered 500' };

const NUMBER = '+49 30 23125000';
const CALL = { to: NUMBER, id: 'reminder-7' };

function setup(...placements: (Placement | Error)[]) {
  const dialled: string[] = [];
  const taken = new Map<string, string>();
  const log = recordingLog();
  const claims = {
    failing: undefined as Error | undefined,
    async claim(id: string, owner: string) {
      const free = (taken.get(id) ?? owner) === owner;
      if (free) taken.set(id, owner);
      if (claims.failing) throw claims.failing;
      return free;
    },
    async release(id: string, owner: string) {
      if (taken.get(id) === owner) taken.delete(id);
    },
  };
  const handler = createCallHandler({
    async placeCall({ to }) {
      dialled.push(to);
      const placement = placements[dialled.length - 1] ?? PLACED;
      if (placement instanceof Error) throw placement;
      return placement;
    },
    claims,
    log,
  });
  const call = (event: unknown, awsRequestId = 'request-1') => handler(event, { awsRequestId });
  return { call, claims, dialled, log };
}

const event = (detail: unknown, id = 'event-1') => ({
  version: '0',
  id,
  source: 'shop',
  'detail-type': 'Reminder Due',
  time: '2026-11-23T12:00:00Z',
  detail,
});

describe('a direct invocation', () => {
  it('places the call and says so', async () => {
    const { call, dialled, log } = setup();
    expect(await call(CALL)).toEqual({ outcome: 'placed' });
    expect(dialled).toEqual(['493023125000']);
    expect(log.lines).toEqual([{ level: 'info', message: 'call_placed', call_id: 'reminder-7' }]);
  });

  it('rings no telephone twice for the same id', async () => {
    const { call, dialled } = setup();
    const told = await Promise.all([call(CALL, 'a'), call(CALL, 'b'), call(CALL, 'a')]);
    expect(told.map(({ outcome }) => outcome).sort()).toEqual(['placed', 'skipped', 'skipped']);
    expect(await call(CALL)).toEqual({ outcome: 'skipped', reason: 'duplicate' });
    expect(dialled).toHaveLength(1);
    expect(await call({ ...CALL, id: 'reminder-8' })).toEqual({ outcome: 'placed' });
  });

  it('is the same as its own repetition by Lambda', async () => {
    const { call, dialled } = setup();
    await call({ to: NUMBER }, 'request-1');
    expect(await call({ to: NUMBER }, 'request-1')).toEqual({
      outcome: 'skipped',
      reason: 'duplicate',
    });
    expect(await call({ to: NUMBER }, 'request-2')).toEqual({ outcome: 'placed' });
    expect(dialled).toHaveLength(2);
  });

  it('can be repeated after a definite failure', async () => {
    const { call, dialled } = setup(BUSY);
    const error = { code: 'refused', message: 'AI Flow answered 503', retryable: true };
    expect(await call(CALL)).toEqual({ outcome: 'failed', error });
    expect(await call(CALL)).toEqual({ outcome: 'placed' });
    expect(dialled).toHaveLength(2);
  });

  it('cannot be repeated when a telephone may be ringing', async () => {
    const { call, dialled, log } = setup(DOUBT);
    const error = { code: 'in_doubt', message: 'AI Flow answered 500', retryable: false };
    expect(await call(CALL)).toEqual({ outcome: 'failed', error });
    expect(await call(CALL)).toEqual({ outcome: 'skipped', reason: 'duplicate' });
    expect(dialled).toHaveLength(1);
    expect(log.lines[0]).toEqual({
      level: 'error',
      message: 'call_failed',
      call_id: 'reminder-7',
      error,
    });
  });

  it('cannot be repeated after a crash either, not even under the same request id', async () => {
    const { call, dialled } = setup(new TypeError('unforeseen'));
    await expect(call(CALL)).rejects.toThrow('unforeseen');
    expect(await call(CALL)).toEqual({ outcome: 'skipped', reason: 'duplicate' });
    expect(dialled).toHaveLength(1);
  });

  it('calls nobody whom it cannot claim, and leaves the id free', async () => {
    const { call, claims, dialled } = setup();
    claims.failing = new Error('no table');
    expect(await call(CALL)).toMatchObject({
      outcome: 'failed',
      error: { code: 'store_unavailable', retryable: true },
    });
    expect(dialled).toEqual([]);
    claims.failing = undefined;
    expect(await call(CALL)).toEqual({ outcome: 'placed' });
  });

  it('says that nobody was called though its id stays taken, too, and logs both', async () => {
    const { call, claims, log } = setup();
    claims.failing = new Error('no table');
    claims.release = () => Promise.reject(new Error('no table'));
    expect(await call(CALL)).toMatchObject({ outcome: 'failed', error: { retryable: true } });
    expect(log.lines.map(({ message }) => message)).toEqual([
      'store_unavailable',
      'release_failed',
      'call_failed',
    ]);
  });

  it('that is no call throws by its name and claims nothing', async () => {
    const { call, dialled, log } = setup();
    await expect(call({ ...CALL, to: '030 23125000' })).rejects.toMatchObject({
      name: 'InvalidCall',
      field: 'to',
    });
    expect(dialled).toEqual([]);
    expect(log.lines).toEqual([
      { level: 'warn', message: 'refused', call_id: 'request-1', field: 'to' },
    ]);
    expect(await call(CALL)).toEqual({ outcome: 'placed' });
  });
});

describe('an event', () => {
  it('is the call in its detail, known by its own id', async () => {
    const { call, dialled } = setup();
    await call(event({ to: NUMBER }), 'a');
    await call(event({ to: NUMBER }), 'b');
    expect(dialled).toEqual(['493023125000']);
    await call(event({ to: NUMBER }, 'event-2'), 'a');
    await call(event(CALL, 'event-3'));
    await call(event(CALL, 'event-4'));
    expect(dialled).toHaveLength(3);
  });

  it.each([BUSY, DOUBT])('that fails becomes a dead letter: %j', async (placement) => {
    const { call } = setup(placement);
    await expect(call(event(CALL))).rejects.toMatchObject({
      name: 'CallFailed',
      message: expect.stringContaining('AI Flow answered'),
    });
  });

  it.each([{}, 'call me', null, { to: '110' }])(
    'with the detail %j becomes one, too',
    async (detail) => {
      await expect(setup().call(event(detail))).rejects.toMatchObject({ name: 'InvalidCall' });
    },
  );
});

it('logs no number', async () => {
  const { call, log } = setup(BUSY, DOUBT);
  for (const id of ['a', 'b', 'c', 'c']) await call({ to: NUMBER, id });
  await call({ to: '030 23125000' }).catch(() => {});
  expect(JSON.stringify(log.lines)).not.toMatch(/2312/);
  expect(log.lines).toHaveLength(5);
});
