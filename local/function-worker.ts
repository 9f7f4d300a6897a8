import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context, Handler } from 'aws-lambda';
import type { Answer, FunctionData, Invocation } from './sandbox.ts';

/*
 * One Lambda function in a thread of its own, with its own environment variables. Unlike Lambda it takes invocations
 * concurrently: AI Flow sends many calls at once, and one machine needs no second copy for that.
 */

// What goes wrong in a call flow is shown where its author wrote it.
process.setSourceMapsEnabled(true);
const { bundle, name, timeout_ms } = workerData as FunctionData;
const { handler } = createRequire(import.meta.url)(bundle) as { handler: Handler };
if (typeof handler !== 'function')
  throw new TypeError(`functions/${name}.ts must export a function named handler`);

const answer = (message: Answer) => parentPort?.postMessage(message);

parentPort?.on('message', async ({ id, payload }: Invocation) => {
  try {
    // A Lambda handler of today returns a promise; the callback is gone from the Node 24 runtime.
    const result = await handler(JSON.parse(payload), context(id), () => {});
    answer({ id, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    answer({ id, payload: JSON.stringify(failure(error)), failed: true });
  }
});
answer({ id: 'ready', payload: '' });

function context(id: string): Context {
  const deadline = Date.now() + timeout_ms;
  return {
    awsRequestId: id,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${name}`,
    memoryLimitInMB: '1769',
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done() {},
    fail() {},
    succeed() {},
  };
}

/** As Lambda's Node runtime reports what a handler threw. */
function failure(error: unknown) {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}
