import { createCoverage } from './coverage.ts';
import { play } from './explore.ts';
import { heart } from './heart.ts';
import { shrunk } from './shrink.ts';

const first = Number(process.env.SEED ?? 1);
const schedules = Number(process.env.SCHEDULES ?? 1000);
const coverage = createCoverage();
const found = new Map<string, { count: number; seed: number; text: string; length: number }>();
const begin = performance.now();
const cpu = process.cpuUsage();
for (let seed = first; seed < first + schedules; seed++) {
  const { problem, tape } = play(heart, seed, coverage);
  if (!problem) continue;
  const known = found.get(problem.rule);
  if (!known) found.set(problem.rule, { count: 1, seed, text: problem.text, length: tape.length });
  else {
    known.count++;
    if (tape.length < known.length) Object.assign(known, { seed, text: problem.text, length: tape.length });
  }
}
const { user } = process.cpuUsage(cpu);
console.log(
  coverage.schedules,
  'schedules',
  coverage.decisions,
  'decisions',
  (coverage.decisions / coverage.schedules).toFixed(1),
  'each',
  Math.round((coverage.decisions / (performance.now() - begin)) * 60),
  'k/min',
  Math.round((coverage.decisions / (user / 1000)) * 60),
  'k/cpu-min',
);
for (const [rule, { count, seed, text }] of [...found].sort((a, b) => b[1].count - a[1].count))
  console.log(count, rule, '| seed', seed, '|', text.split('\n').slice(0, 4).join(' '));
if (process.env.TABLES)
  for (const [table, rows] of coverage.tables) console.log(table, Object.fromEntries([...rows].sort()));
if (process.env.TRACE) {
  const { problem, tape } = play(heart, first, createCoverage());
  const small = shrunk(tape, (other) => play(heart, other, createCoverage()).problem?.rule === problem?.rule);
  console.log(small.length, 'of', tape.length);
  console.log(play(heart, small, createCoverage(), console.log).problem);
}
