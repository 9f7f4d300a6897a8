import { heart } from './heart.ts';
import { explained, search } from './search.ts';

// `SEED` is the first one, `SCHEDULES` how many.
const first = Number(process.env.SEED ?? 1);
const schedules = Number(process.env.SCHEDULES ?? 20_000);

const begin = process.threadCpuUsage();
const { coverage, findings } = search(heart, first, schedules);
const { user, system } = process.threadCpuUsage(begin);
const minutes = (user + system) / 60e6;

for (const [table, rows] of coverage.tables) {
  console.log(`\n${table}`);
  for (const [row, count] of [...rows].sort()) console.log(`${String(count).padStart(9)}  ${row}`);
}
const { decisions, inputs } = coverage;
const each = (count: number) => (count / schedules).toFixed(1);
console.log(
  `\n${schedules} schedules, ${each(inputs)} events and ${each(decisions)} decisions each`,
);
console.log(`${Math.round(decisions / minutes / 1000)} thousand decisions a minute on one core`);
for (const finding of findings) console.log(`\n${finding.count} × ${explained(heart, finding)}`);
if (findings.length > 0) process.exitCode = 1;
