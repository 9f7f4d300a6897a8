/**
 * What a schedule leaves open. All of it comes from one list of numbers: drawn from a seed, or
 * played again from a list that was made shorter or simpler. 0 is always the simplest choice, so a
 * list that has run out goes on calmly.
 */
export interface Choices {
  /** 0–`below` - 1. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** All numbers so far. */
  readonly tape: readonly number[];
}

/** The same choices for the same seed, or the same list. */
export function choicesFrom(source: number | readonly number[]): Choices {
  const tape: number[] = [];
  const draw = typeof source === 'number' ? mulberry32(source) : () => source[tape.length] ?? 0;
  const next = () => {
    const number = draw();
    tape.push(number);
    return number / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    tape,
    int,
    chance: (probability) => next() >= 1 - probability,
    pick: (list) => list[int(list.length)] as never,
  };
}

/** 32 bits of state, good enough to choose between schedules. */
function mulberry32(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
