/** A clock that jumps from one thing that is due to the next. */
export interface Time {
  now(): number;
  after(ms: number, run: () => void): void;
  /**
   * Until nothing is due any more, or `done` says so. Gives up after so many steps that they can't
   * be an accident.
   */
  run(done: () => boolean): void;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const START = Date.parse('2026-11-23T12:00:00Z');
const TOO_MANY = 3_000;

export function createTime(): Time {
  const heap: Due[] = [];
  let now = START;
  let order = 0;

  return {
    now: () => now,
    after(ms, run) {
      push(heap, { at: now + Math.max(0, ms), order: order++, run });
    },
    run(done) {
      for (let steps = 0; heap.length > 0 && !done(); steps++) {
        if (steps > TOO_MANY) throw new Error('it never ends');
        const due = pop(heap);
        now = due.at;
        due.run();
      }
    },
  };
}

const isBefore = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Due[], due: Due) {
  let place = heap.length;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent] as Due;
    if (!isBefore(due, above)) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = due;
}

function pop(heap: Due[]): Due {
  const first = heap[0] as Due;
  const last = heap.pop() as Due;
  if (heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child++;
    if (!isBefore(heap[child] as Due, last)) break;
    heap[place] = heap[child] as Due;
    place = child;
  }
  heap[place] = last;
  return first;
}
