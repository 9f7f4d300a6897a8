import { type Coverage, createCoverage } from './coverage.ts';
import { type Problem, play } from './explore.ts';
import type { Heart } from './shell.ts';
import { shrunk } from './shrink.ts';

/** What breaks a rule: how often, and where it was seen with the fewest choices. */
export interface Finding extends Problem {
  readonly count: number;
  readonly seed: number;
  readonly tape: readonly number[];
}

/** Plays so many schedules from the first seed on. */
export function search(heart: Heart, first: number, schedules: number) {
  const coverage = createCoverage();
  const findings = new Map<string, Finding>();
  for (let seed = first; seed < first + schedules; seed++) {
    const { problem, tape } = play(heart, seed, coverage);
    if (problem)
      findings.set(
        problem.rule,
        simpler(findings.get(problem.rule), { ...problem, count: 1, seed, tape }),
      );
  }
  return { coverage, findings: [...findings.values()].sort((a, b) => b.count - a.count) };
}

function simpler(known: Finding | undefined, found: Finding): Finding {
  if (!known) return found;
  const { seed, tape, rule, text } = found.tape.length < known.tape.length ? found : known;
  return { rule, text, seed, tape, count: known.count + 1 };
}

/** A schedule as a person reads it: as short as it gets, a line for each thing that happened. */
export function explained(heart: Heart, { rule, seed, tape }: Finding): string {
  const isFailing = (other: readonly number[]) =>
    play(heart, other, createCoverage()).problem?.rule === rule;
  const lines: string[] = [];
  const { problem } = play(
    heart,
    shrunk(tape, isFailing),
    createCoverage(),
    (line) => void lines.push(line),
  );
  return [`${problem?.text} (SEED=${seed} SCHEDULES=1 npm run test:explore)`, ...lines].join('\n');
}

/** The first seed that breaks a rule with this heart and with the other one doesn't. */
export function noticed(
  mutant: Heart,
  heart: Heart,
  schedules: number,
): { seed: number; rule: string } | undefined {
  const coverage: Coverage = createCoverage();
  for (let seed = 1; seed <= schedules; seed++) {
    const { problem } = play(mutant, seed, coverage);
    if (problem && !play(heart, seed, coverage).problem) return { seed, rule: problem.rule };
  }
  return undefined;
}
