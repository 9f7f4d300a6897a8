import { beforeAll, expect, test } from 'vitest';
import type { CallSummary } from '../../local/simulator/call-types.ts';
import {
  callOf,
  invoke,
  type LocalRuntime,
  post,
  sharedRuntime,
  until,
} from '../support/local-runtime.ts';

const TO = '+4917639123456';

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await sharedRuntime();
});

const call = async (payload: unknown) =>
  (await (await invoke(runtime.url, 'call', payload)).json()) as {
    outcome?: string;
    reason?: string;
  };

async function rung(to: string): Promise<CallSummary[]> {
  const { calls } = (await (await fetch(`${runtime.url}/simulator/calls`)).json()) as {
    calls: CallSummary[];
  };
  return calls.filter((one) => one.to === to);
}

test('a telephone rings, and whoever picks up is told why', async () => {
  expect(await call({ to: '+49 176 3912 3456', id: 'reminder-7' })).toEqual({ outcome: 'placed' });
  const [summary] = await rung('4917639123456');
  const phone = callOf(runtime.url, summary?.session_id ?? '');
  expect(await phone.hears(1)).toMatch(/^Hello! I am calling/);
  const timeline = await phone.timeline();
  expect(timeline[0]).toMatchObject({
    event: {
      type: 'session_start',
      session: { direction: 'outbound', to_phone_number: '4917639123456' },
    },
  });
});

test('whoever is called can be interrupted by their number', async () => {
  await call({ to: '+49 176 3912 3457' });
  const [summary] = await rung('4917639123457');
  const phone = callOf(runtime.url, summary?.session_id ?? '');
  await phone.hears(1);
  const interruption = { target: { callee: '+49 176 3912 3457' }, say: 'Your taxi is here.' };
  const response = await post(`${runtime.url}/interruptions`, interruption);
  expect(await response.json()).toMatchObject({ outcomes: [{ outcome: 'delivered' }] });
  expect(await phone.hears(2)).toBe('Your taxi is here.');
});

test('one id rings a telephone once, however often and from wherever it comes', async () => {
  const request = { to: '+4917639123458', id: 'reminder-8' };
  const event = {
    id: 'event-1',
    source: 'shop',
    'detail-type': 'Reminder Due',
    time: new Date().toISOString(),
    detail: request,
  };
  const told = await Promise.all([call(request), call(request), call(event), call(event)]);
  expect(told.filter(({ outcome }) => outcome === 'placed')).toHaveLength(1);
  expect(told.filter(({ reason }) => reason === 'duplicate')).toHaveLength(3);
  expect(await rung('4917639123458')).toHaveLength(1);
});

test('what is no call throws by its name, and its number is in no log', async () => {
  const response = await invoke(runtime.url, 'call', { to: '0176 39123459' });
  expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
  expect(await response.json()).toMatchObject({
    errorType: 'InvalidCall',
    errorMessage: expect.stringMatching(/^to /),
  });
  await until(() => runtime.printed.stderr.includes('"field":"to"'), 'a line about the refusal');
  expect(runtime.printed.stderr).toContain('"message":"call_placed"');
  expect(runtime.printed.stderr).not.toMatch(/3912 ?345/);
});

test('AI Flow refuses what it documents to refuse', async () => {
  const url = `${runtime.url}/v3/ai-flows/another/call`;
  const body = { billingDevice: 'e2', toPhoneNumber: TO };
  expect((await post(url, body)).status).toBe(401);
  expect((await post(url, body, { authorization: 'Bearer local-api-token' })).status).toBe(404);
});
