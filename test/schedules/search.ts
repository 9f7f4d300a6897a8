import { playSchedule, type Schedule } from './explore.ts';
import { INVARIANTS, type Name } from './invariants.ts';
import type { Bug } from './world.ts';

/** A schedule that breaks an invariant: the shortest one that was found. */
export interface Finding {
  readonly schedule: Schedule;
  readonly problem: string;
}

/**
 * Plays `runs` schedules from the first seed on and keeps the shortest that breaks each invariant.
 */
export async function search(firstSeed: number, runs: number): Promise<Map<string, Finding>> {
  const findings = new Map<string, Finding>();
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const schedule = await playSchedule(seed);
    for (const [name, invariant] of Object.entries(INVARIANTS)) {
      const problem = invariant(schedule);
      const shortest =
        findings.get(name)?.schedule.history.entries.length ?? Number.POSITIVE_INFINITY;
      if (problem && schedule.history.entries.length < shortest)
        findings.set(name, { schedule, problem });
    }
  }
  return findings;
}

/** The first seed whose schedule breaks the invariant because of the bug, within so many runs. */
export async function noticed(bug: Bug, name: Name, runs: number): Promise<number | undefined> {
  for (let seed = 1; seed <= runs; seed++) {
    if (INVARIANTS[name](await playSchedule(seed, { bug }))) return seed;
  }
  return undefined;
}

/** A finding as a person reads it: one line for each thing that took effect. */
export function explained({ schedule: { seed, history, triggers }, problem }: Finding): string {
  const requests = triggers.map(({ request }) => JSON.stringify(request));
  const lines = history.entries.map((entry) => JSON.stringify(entry));
  return [
    `${problem}: SEED=${seed} SCHEDULES=1 npm run test:schedules`,
    ...requests,
    ...lines,
  ].join('\n');
}
