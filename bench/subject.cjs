'use strict';
/*
 * Runs one function in a process of its own, as Lambda does: `node subject.cjs BUNDLE < PLAN`. The plan is
 * `{ first, prepare, measured }`, payloads each; the answer, on standard output, CPU and wall time in ms.
 */
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');

const { first, prepare = [], measured = [] } = JSON.parse(readFileSync(0, 'utf8'));
const file = process.argv[2];
const context = {
  awsRequestId: 'bench',
  functionName: 'bench',
  getRemainingTimeInMillis: () => 10_000,
};
const cpu = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

async function run() {
  const [start, began] = [process.cpuUsage(), performance.now()];
  const { handler } = file.endsWith('.mjs')
    ? await import(pathToFileURL(file).href)
    : require(file);
  const import_cpu = cpu(start);
  const invoke = async (payload) => {
    const { statusCode } = await handler({ ...payload, ...times(payload) }, context);
    if (statusCode >= 300) throw new Error(`${file} answered ${statusCode}`);
  };
  await invoke(first);
  const result = { import_cpu, first_cpu: cpu(start), first_ms: performance.now() - began };
  for (const payload of prepare) await invoke(payload);
  const before = process.cpuUsage();
  const ms = [];
  for (const payload of measured) {
    const at = performance.now();
    await invoke(payload);
    ms.push(performance.now() - at);
  }
  process.stdout.write(
    `\n${JSON.stringify({ ...result, warm_cpu: cpu(before) / (measured.length || 1), ms, rss: process.memoryUsage.rss() / 2 ** 20 })}`,
    () => process.exit(),
  );
}

const times = ({ requestContext }) => ({
  requestContext: { ...requestContext, timeEpoch: Date.now() },
});

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
