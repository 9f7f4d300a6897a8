/**
 * The shortest and simplest list of choices that still `fails`, as far as some hundreds of attempts find it: pieces are
 * left out, then set to 0, which is the simplest choice.
 */
export function shrunk(
  tape: readonly number[],
  fails: (tape: readonly number[]) => boolean,
  attempts = 1_500,
): number[] {
  let best = [...tape];
  let left = attempts;
  const isBetter = (candidate: number[]) => left-- > 0 && fails(candidate);

  for (let before = -1; before !== complexityOf(best) && left > 0; ) {
    before = complexityOf(best);
    for (let size = best.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < best.length; at += size) {
        const shorter = [...best.slice(0, at), ...best.slice(at + size)];
        if (isBetter(shorter)) {
          best = shorter;
          at -= size;
          continue;
        }
        if (best.slice(at, at + size).every((number) => number === 0)) continue;
        const simpler = best.map((number, index) =>
          index >= at && index < at + size ? 0 : number,
        );
        if (isBetter(simpler)) best = simpler;
      }
    }
  }
  return best;
}

const complexityOf = (tape: readonly number[]) =>
  tape.length * 2 + tape.filter((number) => number > 0).length;
