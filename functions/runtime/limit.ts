/** Runs a task as soon as one of a number of places is free; whoever came first goes first. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** At most `size` tasks at once. */
export function createLimit(size: number): Limit {
  let free = size;
  const waiting: (() => void)[] = [];

  return async function limited(task) {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await task();
    } finally {
      // The place is handed on, so that nobody who comes now gets it first.
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
