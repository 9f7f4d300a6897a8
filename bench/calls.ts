import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleAll, FUNCTIONS, type FunctionName } from '../lib/bundle.ts';
import { flowAt, shippedNames } from '../lib/flows.ts';
import { functionEnv } from '../local/function-env.ts';
import { placeCall } from '../local/http-stage.ts';
import { perform } from '../local/perform.ts';
import { loadPlay, type PlayFile, playNames } from '../local/plays.ts';
import { startRuntime } from '../local/runtime.ts';
import { readSettings } from '../local/settings.ts';
import type { CallSummary } from '../local/simulator/call-types.ts';
import type { TimelineEntry } from '../local/simulator/timeline.ts';
import { type Exchanged, startProxy, TRUSTING } from './proxy.ts';
import { aligned, figure } from './table.ts';

/*
 * `node bench/calls.ts`: what a whole call of each play in `local/calls` asks of DynamoDB and writes to the log, by each
 * door. Nothing of it depends on the machine but how fast it is played.
 */

const SPEED = 1.6;
const DOORS = { HTTP: 'http', WebSocket: 'websocket' } as const;

interface Bill {
  readonly events: number;
  readonly requests: number;
  readonly write_units: number;
  readonly read_units: number;
  readonly log_bytes: number;
}

/** A row for each play and door. */
export async function billsOfCalls(): Promise<string[][]> {
  const exchanged: Exchanged[] = [];
  const logged: string[] = [];
  const bundles = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(bundles, { recursive: true }));
  bundleAll(
    FUNCTIONS,
    bundles,
    shippedNames().map((name) => flowAt(name)),
  );
  const names = playNames();
  const plays = await Promise.all(names.map(loadPlay));
  // One stack for all of them: each has a number of its own, which no play names itself.
  const settings = readSettings({
    TEMPLATE_BY_NUMBER: JSON.stringify(
      Object.fromEntries(plays.map((play, n) => [numberOf(play, n), play.template])),
    ),
  });
  let endpoint = '';
  const proxy = await startProxy(
    () => endpoint,
    0,
    (one) => exchanged.push(one),
  );
  const output = new Writable({
    write: (chunk, _encoding, done) => done(void logged.push(...String(chunk).split('\n'))),
  });
  const runtime = await startRuntime({ ...settings, port: 0 }, output, (name: FunctionName) => ({
    folder: join(bundles, name),
    env(_name, surroundings) {
      endpoint = surroundings.databaseEndpoint;
      return {
        ...functionEnv(name, { ...surroundings, databaseEndpoint: proxy.url }),
        ...TRUSTING,
      };
    },
  }));
  try {
    const rows = [HEADINGS];
    // The runtime remembers so many calls as there are plays, and not twice as many.
    for (const [door, transport] of Object.entries(DOORS))
      rows.push(...(await Promise.all(plays.map((_, n) => billed(n, door, transport)))));
    return rows;
  } finally {
    await runtime.stop();
    await proxy.stop();
  }

  async function billed(n: number, door: string, transport: (typeof DOORS)[keyof typeof DOORS]) {
    const file = plays[n] as PlayFile;
    const placed = { ...file.call, to: numberOf(file, n), transport };
    const stage = await placeCall({ url: runtime.url, speed: SPEED, call: placed, tell: () => {} });
    const session_id = await sessionOf(runtime.url, placed.to);
    const went = await perform(file.play, stage).then(
      () => '',
      () => ' (not as written)',
    );
    await stage.hangsUp().catch(() => {});
    // Listings, outcomes and logs of the last event come after its answer.
    await sleep(1_000);
    return rowOf(
      `${names[n]}, ${door}${went}`,
      billOf(session_id, await eventsOf(runtime.url, session_id)),
    );
  }

  function billOf(session_id: string, events: number): Bill {
    const own = exchanged.filter(({ body }) => body.includes(session_id));
    const sum = (key: 'write_units' | 'read_units') =>
      own.reduce((total, each) => total + each[key], 0);
    const lines = logged.filter((line) => line.includes(session_id));
    return {
      events,
      requests: own.length,
      write_units: sum('write_units'),
      read_units: sum('read_units'),
      log_bytes: lines.reduce((total, line) => total + Buffer.byteLength(line) + 1, 0),
    };
  }
}

async function sessionOf(url: string, to: string): Promise<string> {
  const { calls } = (await (await fetch(`${url}/simulator/calls`)).json()) as {
    calls: CallSummary[];
  };
  return calls.findLast((call) => call.to === to)?.session_id ?? '';
}

async function eventsOf(url: string, session_id: string): Promise<number> {
  const { timeline } = (await (await fetch(`${url}/simulator/calls/${session_id}`)).json()) as {
    timeline: TimelineEntry[];
  };
  return timeline.filter(({ kind }) => kind === 'event').length;
}

const numberOf = ({ call }: PlayFile, n: number) =>
  call.to ?? `+4930231252${String(n).padStart(2, '0')}`;

const HEADINGS = [
  'a whole call',
  'events',
  'requests per event',
  'write units per event',
  'read units per event',
  'log bytes per event',
];

const rowOf = (name: string, bill: Bill): string[] => [
  name,
  String(bill.events),
  ...[bill.requests, bill.write_units, bill.read_units, bill.log_bytes].map((total) =>
    figure(total / bill.events),
  ),
];

if (import.meta.main) {
  console.log(aligned(await billsOfCalls()));
  process.exit();
}
