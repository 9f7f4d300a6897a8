// @ts-check
'use strict';
const { parentPort, workerData } = require('node:worker_threads');

/*
 * One Lambda function in a thread of its own, with its own environment variables. Unlike Lambda it takes invocations
 * concurrently: AI Flow sends many calls at once, and one machine needs no second copy for that. JavaScript, because
 * what strips types is loaded by each thread that meets some: 11 MB and 70 ms for each of five.
 */

/** @typedef {import('aws-lambda').Context} Context */
/** @typedef {import('./sandbox.ts').Answer} Answer */
/** @typedef {import('./sandbox.ts').Invocation} Invocation */

// What goes wrong in a call flow is shown where its author wrote it.
process.setSourceMapsEnabled(true);
/** @type {import('./sandbox.ts').FunctionData} */
const { bundle, name, timeout_ms } = workerData;
/** @type {{ handler: import('aws-lambda').Handler }} */
const { handler } = require(bundle);
if (typeof handler !== 'function')
  throw new TypeError(`functions/${name}.ts must export a function named handler`);

/** @param {Answer} message */
const answer = (message) => parentPort?.postMessage(message);

parentPort?.on('message', async (/** @type {Invocation} */ { id, payload }) => {
  try {
    // A Lambda handler of today returns a promise; the callback is gone from the Node 24 runtime.
    const result = await handler(JSON.parse(payload), context(id), () => {});
    answer({ id, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    answer({ id, payload: JSON.stringify(failure(error)), failed: true });
  }
});
answer({ id: 'ready', payload: '' });

/**
 * @param {string} id
 * @returns {Context}
 */
function context(id) {
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

/**
 * As Lambda's Node runtime reports what a handler threw.
 * @param {unknown} error
 */
function failure(error) {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}
