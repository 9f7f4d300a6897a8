/**
 * The shortest and simplest list of choices that still `fails`, as far as some hundreds of attempts
 * find it: pieces are left out, then set to 0, which is the simplest choice.
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
    for (let size = best.length >> 1; size >= 1; size >>= 1) inPieces(size);
  }
  return best;

  function inPieces(size: number) {
    let at = 0;
    while (at < best.length) {
      const shorter = [...best.slice(0, at), ...best.slice(at + size)];
      if (isBetter(shorter)) best = shorter;
      else {
        simplify(at, at + size);
        at += size;
      }
    }
  }

  function simplify(from: number, to: number) {
    if (best.slice(from, to).every((number) => number === 0)) return;
    const simpler = best.map((number, index) => (index >= from && index < to ? 0 : number));
    if (isBetter(simpler)) best = simpler;
  }
}

const complexityOf = (tape: readonly number[]) =>
  tape.length * 2 + tape.filter((number) => number > 0).length;
