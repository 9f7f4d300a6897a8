import { playSchedule } from './explore.ts';
import { INVARIANTS } from './invariants.ts';

const [from, to, show] = process.argv.slice(2);
const best: Record<string, { n: number; seed: number; len: number; msg: string }> = {};
const t = performance.now();
for (let seed = Number(from); seed <= Number(to); seed++) {
  const s = await playSchedule(seed);
  for (const [name, inv] of Object.entries(INVARIANTS)) {
    const v = inv(s);
    if (v) {
      const b = best[name];
      const len = s.history.entries.length;
      best[name] = !b || len < b.len ? { n: (b?.n ?? 0) + 1, seed, len, msg: v } : { ...b, n: b.n + 1 };
    }
  }
  if (show) {
    const ms0 = s.history.entries.find((e) => 'at' in e) as any;
    console.log(JSON.stringify(s.triggers));
    for (const [i, e] of s.history.entries.entries())
      console.log(i, JSON.stringify({ ...e, ...('at' in e ? { at: (e as any).at - ms0.at } : {}) }));
  }
}
console.log((Number(to) - Number(from) + 1) / ((performance.now() - t) / 1000), 'per s');
console.table(best);
