import { afterEach, expect, test } from 'vitest';
import type { LambdaFunction } from '../../local/functions.ts';
import { lambdaFrom } from '../support/lambda.ts';

const started: LambdaFunction[] = [];
afterEach(async () => {
  for (const lambda of started.splice(0)) await lambda.stop();
});

async function start(source: string, options?: Parameters<typeof lambdaFrom>[1]) {
  const scratch = lambdaFrom(source, options);
  started.push(scratch.lambda);
  await scratch.lambda.start();
  return scratch;
}

const result = async (lambda: LambdaFunction, event: unknown = {}) => {
  const { payload, failed } = await lambda.invoke(JSON.stringify(event));
  return { failed: failed ?? false, value: JSON.parse(payload) };
};

test('event and result travel as JSON, as through the Runtime API', async () => {
  const { lambda } = await start(
    'exports.handler = async (event) => ({ event, left_out: undefined, day: new Date(0) })',
  );
  const { value } = await result(lambda, { said: 'Grüße' });
  expect(value).toEqual({ event: { said: 'Grüße' }, day: '1970-01-01T00:00:00.000Z' });
});

test('nothing returned is null', async () => {
  const { lambda } = await start('exports.handler = async () => {}');
  expect(await result(lambda)).toEqual({ failed: false, value: null });
});

test('the context names the request, the function and the time that is left', async () => {
  const { lambda } = await start(
    'exports.handler = async (_, c) => [c.awsRequestId, c.functionName, c.getRemainingTimeInMillis()]',
  );
  const { id, payload } = await lambda.invoke('{}');
  const [requestId, name, left] = JSON.parse(payload);
  expect([requestId, name]).toEqual([id, 'scratch']);
  expect(left).toBeGreaterThan(9_000);
  expect(left).toBeLessThanOrEqual(10_000);
});

test('a function sees its own environment and nothing of the process', async () => {
  const { lambda } = await start('exports.handler = async () => process.env', {
    env: { ONLY: 'this' },
  });
  expect((await result(lambda)).value).toEqual({ ONLY: 'this' });
});

test('invocations run concurrently', async () => {
  const { lambda } = await start(`
    let arrived = 0, open; const both = new Promise((r) => { open = r; });
    exports.handler = async () => { if (++arrived === 2) open(); await both; return arrived; }`);
  expect(await Promise.all([result(lambda), result(lambda)])).toEqual([
    { failed: false, value: 2 },
    { failed: false, value: 2 },
  ]);
});

test('a handler that throws is reported by name, message and trace', async () => {
  const { lambda } = await start(`
    class OutOfOrder extends Error { name = 'OutOfOrder' }
    exports.handler = async () => { throw new OutOfOrder('first things first') }`);
  const { failed, value } = await result(lambda);
  expect(failed).toBe(true);
  expect(value).toMatchObject({ errorType: 'OutOfOrder', errorMessage: 'first things first' });
  expect(value.trace[0]).toContain('first things first');
});

test('a time-out answers with Lambda’s words, and the next invocation gets a new worker', async () => {
  const { lambda } = await start(
    'exports.handler = (event) => { while (event.hang) {} return Promise.resolve("up"); }',
    {
      timeout_ms: 200,
    },
  );
  const { failed, value } = await result(lambda, { hang: true });
  expect(failed).toBe(true);
  expect(value.errorType).toBe('Sandbox.Timedout');
  expect(value.errorMessage).toMatch(/^RequestId: .+ Error: Task timed out after 0\.20 seconds$/);
  expect(await lambda.start().then(() => result(lambda))).toEqual({ failed: false, value: 'up' });
});

test('an invocation that runs beside one that hangs still ends', async () => {
  const { lambda } = await start(
    'exports.handler = (event) => new Promise((r) => event.never || setTimeout(r, event.after, "done"))',
    { timeout_ms: 300 },
  );
  const hanging = result(lambda, { never: true });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await result(lambda, { after: 250 })).toEqual({ failed: false, value: 'done' });
  expect((await hanging).value.errorType).toBe('Sandbox.Timedout');
});

test('a crash answers what was under way, and the next invocation gets a new worker', async () => {
  const { lambda } = await start(
    'exports.handler = async (event) => (event.crash ? process.exit(3) : "alive")',
  );
  const { failed, value } = await result(lambda, { crash: true });
  expect(failed).toBe(true);
  expect(value).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('exit code 3'),
  });
  expect(await result(lambda)).toEqual({ failed: false, value: 'alive' });
});

test('what it prints goes to the output it was given', async () => {
  const { lambda, printed } = await start(
    'exports.handler = async () => { console.log("{\\"level\\":\\"INFO\\"}") }',
  );
  await result(lambda);
  await expect.poll(printed).toBe('{"level":"INFO"}\n');
});

test('a module that throws fails the start and names the file', async () => {
  await expect(start('throw new Error("WEBHOOK_TOKEN is not set")')).rejects.toThrow(
    'functions/scratch.ts does not load: WEBHOOK_TOKEN is not set',
  );
});

test('a bundle without a handler fails the start', async () => {
  await expect(start('exports.handle = () => {}')).rejects.toThrow(
    'must export a function named handler',
  );
});
