import { createCoverage } from './coverage.ts';
import { play } from './explore.ts';
import { heart } from './heart.ts';

/*
 * `npm run soak [-- MINUTES]`: an hour of simulated time in which a call begins each second, each in a weather and with
 * faults of its own (`weather.ts`), and judged by all rules (`judge.ts`, `sounding.ts`, `liveness.ts`): no turn is lost, no sentence heard
 * twice, every trigger has one outcome. The memory that is in use at the end is that of the beginning. `SEED` is the
 * first one.
 */

const MINUTES = Number(process.argv[2] ?? 60);
const FIRST = Number(process.env.SEED ?? 1_000_001);
const CALLS = MINUTES * 60;
const GROWTH_MB = 8;

const problems = new Map<string, { count: number; seed: number }>();
const memory: number[] = [];
let [events, decisions] = [0, 0];
for (let n = 0; n < CALLS; n++) {
  const coverage = createCoverage();
  const { problem } = play(heart, FIRST + n, coverage);
  events += coverage.inputs;
  decisions += coverage.decisions;
  if (problem) {
    const known = problems.get(problem.rule) ?? { count: 0, seed: FIRST + n };
    problems.set(problem.rule, { ...known, count: known.count + 1 });
  }
  if (n % Math.ceil(CALLS / 10) === 0) memory.push(heapInUse());
}
memory.push(heapInUse());

// The first tenth compiles, and fills what is kept once.
const growth = (memory.at(-1) ?? 0) - (memory[1] ?? 0);
console.log(
  `${MINUTES} simulated minutes: ${CALLS} calls, ${events} events, ${decisions} decisions; ${problems.size} promises broken; memory ${memory.map((mb) => mb.toFixed(0)).join(' ')} MB`,
);
for (const [rule, { count, seed }] of problems)
  console.log(`${count} × ${rule} (SEED=${seed} SCHEDULES=1 npm run test:explore)`);
if (growth > GROWTH_MB) console.log(`memory has grown by ${growth.toFixed(1)} MB`);
process.exitCode = problems.size > 0 || growth > GROWTH_MB ? 1 : 0;

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
