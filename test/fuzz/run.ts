import { type Finding, fuzz, SOURCES } from './fuzz.ts';

/*
 * `npm run fuzz [-- COUNT]`: so many inputs (20,000) for each way in, and five times as many for the webhook, which
 * anybody can reach. `SEED` is the first one.
 */

const count = Number(process.argv[2] ?? 20_000);
const first = Number(process.env.SEED ?? 1);
const findings: Finding[] = [];

for (const source of Object.keys(SOURCES)) {
  const inputs = source === 'webhook' ? 5 * count : count;
  const began = performance.now();
  const found = await fuzz(source, first, inputs);
  findings.push(...found);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${source}: ${inputs} inputs in ${seconds} s, ${found.length} wrong`);
}
for (const { source, seed, why } of findings.slice(0, 10))
  console.log(`\n${source}, SEED=${seed} npm run fuzz -- 1\n${why}`);
if (findings.length > 0) process.exitCode = 1;
