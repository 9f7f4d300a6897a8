import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock as clock } from '../functions/runtime/clock.ts';
import type { FunctionName } from '../lib/bundle.ts';
import { createFunction, type LambdaFunction } from '../local/functions.ts';
import { EVENTS, SESSION, userSpeak } from '../test/support/events.ts';
import { quantile, timed } from './measure.ts';
import { TRUSTING } from './proxy.ts';
import { TOKEN, webhookRequest } from './request.ts';
import { STORE_MS, stackAt, startStub } from './stub.ts';
import { bundled, bundledPeer } from './subjects.ts';
import { aligned, figure } from './table.ts';

/*
 * `node bench/latency.ts`: turns, and what lies between a trigger and the bytes of its push, in the bundles that are
 * deployed. Store and AI Flow are stubs over TLS that answer after 4 ms, in this process; each function has a thread.
 */

const TURNS = 300;
const TRIGGERS = 300;
const IDLE_MS = 10_000;
/** Functions that are idle at the same time, and are asked one after another. */
const IDLERS = 6;
const RESTS = 2;
const WARM_UP = 40;
const CROWD = 50;
const WAVES = 7;

const NOTES = { name: 'note-taker', file: join(import.meta.dirname, 'note-taker.ts') };

/** Medians and the slowest of a hundred, with the ratio to the row that begins a group. */
export async function latencies(): Promise<string[][]> {
  let told = (_session: string) => {};
  const stub = await startStub(STORE_MS, (path) => told(path.split('/').at(-1) ?? ''));
  const running: LambdaFunction[] = [];
  const start = (name: string, bundle: string) => {
    const lambda = createFunction({
      data: { name, bundle, timeout_ms: 10_000 },
      env: envFor(stub.url),
      clock,
      output: new PassThrough().resume(),
    });
    running.push(lambda);
    return lambda;
  };
  const create = (name: FunctionName) => start(name, bundled(name, [NOTES]));
  const webhook = create('webhook');
  const pushByHand = bundledPeer('push-by-hand');
  const subjects: Record<Who, () => LambdaFunction> = {
    ours: () => create('interrupt'),
    by_hand: () => start('push-by-hand', pushByHand),
  };
  try {
    const turns = await measuredTurns();
    const one = await measuredTriggers();
    const idle = {
      ours: await measuredAfterRest('ours'),
      by_hand: await measuredAfterRest('by_hand'),
    };
    const waves = await measuredWaves();
    return [
      [`over a store that answers in ${STORE_MS} ms`, 'p50 ms', 'p99 ms', 'ratio of p50'],
      ...group([
        ['a turn', turns.plain],
        ['a turn that changes state', turns.noted],
      ]),
      ...group([
        ['trigger to the wire', one.ours],
        [`trigger to the wire after ${IDLE_MS / 1000} idle seconds`, idle.ours],
        ['the same two by hand (limit)', one.by_hand],
        ['', idle.by_hand],
      ]),
      ...group([
        ['label to the wire of its only session', waves.ours.one],
        [`label to the wire of the last of ${CROWD} sessions`, waves.ours.all],
        ['the same two by hand (limit)', waves.by_hand.one],
        ['', waves.by_hand.all],
      ]),
    ];
  } finally {
    for (const lambda of running) await lambda.stop();
    await stub.stop();
  }

  async function answered(event: object): Promise<void> {
    const { payload, failed } = await webhook.invoke(JSON.stringify(await webhookRequest(event)));
    if (failed || JSON.parse(payload).statusCode >= 300) throw new Error(payload);
  }

  async function begin(id: string): Promise<void> {
    await answered({ ...EVENTS.session_start, session: { ...SESSION, id } });
  }

  /** In turn: what slows the machine down slows both of them down. */
  async function measuredTurns() {
    const plain: number[] = [];
    const noted: number[] = [];
    for (const [n, id] of idsOf('turn', TURNS).entries()) {
      await begin(id);
      plain.push(await timed(() => answered(userSpeak(`This is sentence ${n}.`, id))));
      noted.push(await timed(() => answered(userSpeak(`note that this is ${n}.`, id))));
    }
    return { plain, noted };
  }

  /** In turn, as the turns are; once each of them is warm. */
  async function measuredTriggers() {
    const [ours, byHand] = [subjects.ours(), subjects.by_hand()];
    const took = { ours: [] as number[], by_hand: [] as number[] };
    for (const [n, id] of (await begun('one', WARM_UP + TRIGGERS)).entries()) {
      const [mine, theirs] = [await triggered(ours, id), await triggered(byHand, id)];
      if (n < WARM_UP) continue;
      took.ours.push(mine);
      took.by_hand.push(theirs);
    }
    return took;
  }

  function triggered(lambda: LambdaFunction, id: string) {
    return toTheWire(lambda, { session_id: id }, [id]);
  }

  async function begun(kind: string, count: number): Promise<string[]> {
    const ids = idsOf(kind, count);
    for (const id of ids) await begin(id);
    return ids;
  }

  async function measuredAfterRest(who: Who) {
    const idlers = Array.from({ length: IDLERS }, subjects[who]);
    const inTurn = (n: number) => idlers[n % IDLERS] as LambdaFunction;
    for (const [n, id] of (await begun('busy', IDLERS * WARM_UP)).entries())
      await triggered(inTurn(n), id);
    const took: number[] = [];
    for (let rest = 0; rest < RESTS; rest++) {
      const ids = await begun(`idle-${rest}`, IDLERS);
      await sleep(IDLE_MS);
      for (const [n, id] of ids.entries()) took.push(await triggered(inTurn(n), id));
    }
    return took;
  }

  async function measuredWaves() {
    const lambdas = { ours: subjects.ours(), by_hand: subjects.by_hand() };
    const took = { ours: waveOf(), by_hand: waveOf() };
    for (let wave = 0; wave < WAVES; wave++) {
      for (const [count, size] of [[1, 'one'] as const, [CROWD, 'all'] as const]) {
        const label = `order:${wave}-${count}`;
        const ids = await begun(label, count);
        for (const id of ids) await answered(userSpeak(label, id));
        for (const who of ['ours', 'by_hand'] as const)
          took[who][size].push(await toTheWire(lambdas[who], { label }, ids));
      }
    }
    return took;
  }

  /** From the trigger to the last of these sessions, ms. */
  async function toTheWire(lambda: LambdaFunction, target: object, ids: readonly string[]) {
    const missing = new Set(ids);
    const arrived = Promise.withResolvers<void>();
    told = (session) => {
      missing.delete(decodeURIComponent(session));
      if (missing.size === 0) arrived.resolve();
    };
    const began = performance.now();
    const invoked = lambda.invoke(JSON.stringify({ target, say: 'There is news for you.' }));
    const whole = invoked.then(({ payload }) => {
      if (missing.size > 0) throw new Error(`${missing.size} were not told: ${payload}`);
    });
    await Promise.race([arrived.promise, whole]);
    const took = performance.now() - began;
    await whole;
    return took;
  }
}

type Who = 'ours' | 'by_hand';

const waveOf = () => ({ one: [] as number[], all: [] as number[] });

const idsOf = (kind: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${kind}-${n}`);

type Measured = readonly [name: string, took: readonly number[]];

function group(rows: readonly Measured[]): string[][] {
  const base = quantile(rows[0]?.[1] ?? []);
  return rows.map(([name, took]) => [
    name,
    figure(quantile(took)),
    figure(quantile(took, 0.99)),
    (quantile(took) / base).toFixed(2),
  ]);
}

const envFor = (url: string): Record<string, string> => ({
  ...TRUSTING,
  ...stackAt(url),
  WEBHOOK_TOKEN: TOKEN,
  EXTERNAL_API_URL: `${url}/calls/{session_id}`,
  EXTERNAL_API_TOKEN: 'bench',
  TEMPLATE: NOTES.name,
});

if (import.meta.main) {
  console.log(aligned(await latencies()));
  process.exit();
}
