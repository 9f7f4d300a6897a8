import { statSync } from 'node:fs';
import { cpus } from 'node:os';
import { startDatabase } from '../local/database.ts';
import { EVENTS, SESSION, userSpeak } from '../test/support/events.ts';
import { fullestRow, usageByEvent } from './dynamodb-cost.ts';
import { coldStart, interleaved, median, timed } from './measure.ts';
import { TOKEN, webhookRequest } from './request.ts';
import { bundles, running } from './subjects.ts';
import { aligned, comparison, figure } from './table.ts';

/* `npm run bench`: what the README says about the webhook's speed, measured on this machine. */

const COLD_STARTS = 21;
const WARM_UP = 50;
const WARM_EVENTS = 300;
const LONG_CALL = 200;

const database = await startDatabase('sessions', console.error);
const table = { name: 'sessions', endpoint: database.endpoint };
const env = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
  SESSIONS_TABLE: table.name,
  OUTCOMES_BUS: 'unused',
  INTERRUPTION_QUEUE_URL: 'http://127.0.0.1/unused',
  WEBHOOK_TOKEN: TOKEN,
  JOB_FUNCTION_URL: 'http://127.0.0.1/unused',
};
const { ours, bare } = bundles('webhook');

try {
  const rows = [
    ['Against a bare handler', 'webhook', 'bare', 'ratio'],
    comparison('bundle, KB', statSync(ours).size / 1024, statSync(bare).size / 1024),
    ...(await cold()),
    ...(await warm()),
    [],
    ['DynamoDB per event', 'requests', 'in sequence', 'write units'],
    ...(await usageByEvent(table)).map(([event, { requests, depth, write_units }]) =>
      [event, requests, depth, write_units].map(String),
    ),
    [],
    ['Row with full state and labels', 'max bytes', 'units per write', 'units per event'],
    await row(),
  ];
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model}, medians of ${COLD_STARTS} starts and ${WARM_EVENTS} events\n`,
  );
  console.log(aligned(rows));
} finally {
  await database.stop();
}

async function cold(): Promise<string[][]> {
  const starts = await interleaved(COLD_STARTS, {
    ours: () => coldStart(ours, env),
    bare: () => coldStart(bare, {}),
  });
  const row = (label: string, key: 'import_ms' | 'start_ms') =>
    comparison(
      label,
      median(starts.ours.map((start) => start[key])),
      median(starts.bare.map((start) => start[key])),
    );
  return [
    row('cold: import, ms', 'import_ms'),
    row('cold: start of Node and import, ms', 'start_ms'),
  ];
}

/** The default call flow, invoked as `npm start` does: the time for DynamoDB is that of the embedded one. */
async function warm(): Promise<string[][]> {
  const webhook = await running(ours, env);
  const handler = await running(bare, {});
  // Before its start a call is unknown, and recording it would cost more. Nobody says 300 things at once in one call.
  const calls = Array.from({ length: WARM_UP + WARM_EVENTS }, (_, n) => ({
    ...SESSION,
    id: `call-${n}`,
  }));
  for (const session of [SESSION, ...calls]) {
    await webhook.invoke(
      JSON.stringify(await webhookRequest({ ...EVENTS.session_start, session })),
      200,
    );
  }
  const measured = async (label: string, status: number, eventAt: (n: number) => object) => {
    let n = 0;
    const sample = (lambda: typeof webhook, expected: number) => async () => {
      const payload = JSON.stringify(await webhookRequest(eventAt(n++)));
      return timed(() => lambda.invoke(payload, expected));
    };
    const subjects = { ours: sample(webhook, status), bare: sample(handler, 204) };
    await interleaved(WARM_UP, subjects);
    const ms = await interleaved(WARM_EVENTS, subjects);
    return comparison(label, median(ms.ours), median(ms.bare));
  };
  const rows = [
    await measured('warm: sms_failed, no handler, ms', 204, () => EVENTS.sms_failed),
    await measured('warm: assistant_speech_ended, ms', 204, () => EVENTS.assistant_speech_ended),
    await measured('warm: user_speak, state changed, ms', 200, (n) =>
      userSpeak(`This is sentence ${n}`, calls[n]?.id),
    ),
  ];
  await Promise.all([webhook.stop(), handler.stop()]);
  return rows;
}

async function row(): Promise<string[]> {
  const { bytes, requests, write_units } = await fullestRow(LONG_CALL, table);
  return [
    `over ${LONG_CALL} events`,
    String(bytes),
    figure(write_units / requests),
    figure(write_units / LONG_CALL),
  ];
}
