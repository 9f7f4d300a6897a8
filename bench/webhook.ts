import { startDatabase } from '../local/database.ts';
import { EVENTS, SESSION, userSpeak } from '../test/support/events.ts';
import { fullestRow, usageByEvent } from './dynamodb-cost.ts';
import { interleaved, type Plan, quantile, type Run, run } from './measure.ts';
import { webhookRequest } from './request.ts';
import { CERTIFICATE, SECRET, STORE_MS, stackAt, startStub } from './stub.ts';
import { NODE_PATH, OURS, RECIPE, type Subject, subjects } from './subjects.ts';
import { figure } from './table.ts';

/*
 * The webhook beside its alternatives: token, parse and check, DynamoDB, one sentence. CPU time of processes of their
 * own, interleaved; the database is a stub over TLS that answers after 4 ms.
 */

/** Of one CPU, which comes with 1,769 MB. */
const SHARE_OF_512_MB = 512 / 1_769;
const { STARTS = '15', EVENTS_EACH = '300', MANY = '10000' } = process.env;

const request = (event: object) => webhookRequest(event);
const sessions = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...SESSION, id: `call-${n}` }));
const started = (count: number) =>
  Promise.all(sessions(count).map((session) => request({ ...EVENTS.session_start, session })));
const spoken = (count: number, words = 'This is sentence') =>
  Promise.all(sessions(count).map(({ id }, n) => request(userSpeak(`${words} ${n}`, id))));

const first = await request(EVENTS.session_start);

/** A row of figures for each subject, with their ratio to the recipe. */
export async function compareWebhooks(): Promise<string[][]> {
  const [slow, fast] = [await startStub(STORE_MS), await startStub(0)];
  try {
    const all = subjects();
    const cold = await measured(all, Number(STARTS), { first }, envFor(slow.url));
    const secret = await measured(all, Number(STARTS), { first }, envFor(slow.url, true));
    const count = Number(EVENTS_EACH);
    // What is compiled only once it is used often is compiled by then.
    const prepare = [...(await started(count)), ...(await spoken(count, 'Before it came'))];
    const plan = { first, prepare, measured: await spoken(count) };
    const warm = await measured(all, 3, plan, envFor(slow.url));
    const many = { first, prepare: await started(1_000), measured: await spoken(Number(MANY)) };
    const long = await measured(all, 1, many, envFor(fast.url));
    return tableOf(all, { cold, secret, warm, long });
  } finally {
    await Promise.all([slow.stop(), fast.stop()]);
  }
}

function measured(all: Subject[], rounds: number, plan: Plan, env: Record<string, string>) {
  return interleaved(
    rounds,
    Object.fromEntries(all.map(({ name, file }) => [name, () => run(file, plan, env)])),
  );
}

type Runs = Record<string, Run[]>;

function tableOf(
  all: Subject[],
  { cold, secret, warm, long }: Record<'cold' | 'secret' | 'warm' | 'long', Runs>,
): string[][] {
  const of = (runs: Runs, name: string, key: 'import_cpu' | 'first_cpu' | 'warm_cpu' | 'rss') =>
    quantile((runs[name] ?? []).map((one) => one[key]));
  const latency = (name: string, share: number) =>
    quantile(
      (warm[name] ?? []).flatMap(({ ms }) => ms),
      share,
    );
  const ratio = (value: (name: string) => number, name: string) =>
    `${figure(value(name))} (${(value(name) / value(RECIPE)).toFixed(2)})`;
  return [
    [
      'CPU ms (ratio to the recipe)',
      'KB',
      'zip KB',
      'import',
      'first answer',
      'with secret',
      'at 512 MB, ms',
      'warm event',
      'p50 ms',
      'p99 ms',
      'MB after many',
    ],
    ...all.map(({ name, bytes, zipped }) => [
      name === OURS ? '**this webhook**' : name,
      figure(bytes / 1024),
      figure(zipped / 1024),
      figure(of(cold, name, 'import_cpu')),
      ratio((each) => of(cold, each, 'first_cpu'), name),
      ratio((each) => of(secret, each, 'first_cpu'), name),
      figure(of(secret, name, 'first_cpu') / SHARE_OF_512_MB),
      ratio((each) => of(warm, each, 'warm_cpu'), name),
      figure(latency(name, 0.5)),
      figure(latency(name, 0.99)),
      figure(of(long, name, 'rss')),
    ]),
  ];
}

function envFor(url: string, secret = false): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    NODE_PATH,
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
    ...stackAt(url),
    POWERTOOLS_DEV: 'false',
    ...(secret ? { WEBHOOK_TOKEN_SECRET_ARN: 'arn:token' } : { WEBHOOK_TOKEN: SECRET }),
  };
}

const LONG_CALL = 200;

/** Requests and write units of each event, which depend on no machine: of the embedded DynamoDB. */
export async function costsOfEvents(): Promise<string[][][]> {
  const database = await startDatabase('sessions', console.error);
  const table = { name: 'sessions', endpoint: database.endpoint };
  try {
    const usage = await usageByEvent(table);
    const { bytes, requests, write_units } = await fullestRow(LONG_CALL, table);
    return [
      [
        ['one event', 'requests', 'in sequence', 'write units'],
        ...usage.map(([event, { requests, depth, write_units }]) =>
          [event, requests, depth, write_units].map(String),
        ),
      ],
      [
        ['row with full state and labels', 'max bytes', 'units per write', 'units per event'],
        [
          `over ${LONG_CALL} events`,
          String(bytes),
          figure(write_units / requests),
          figure(write_units / LONG_CALL),
        ],
      ],
    ];
  } finally {
    await database.stop();
  }
}
