import type { Choices } from './choices.ts';

/** How untidy the platform is in one call. The first value of each is calm. */
export const WEATHERS = {
  way: ['push', 'websocket', 'none', 'both'],
  begins: ['sent', 'late', 'at the end', 'never', 'some', 'textless', 'strange'],
  lengths: ['right', 'missing', 'half', 'long', 'zero'],
  started: ['told', 'missing', 'ahead', 'behind'],
  ends: ['sent', 'late', 'some'],
  words: ['soon', 'late'],
  voice: ['usual', 'slow', 'fast'],
  synthesis: ['at once', 'slow'],
  order: ['kept', 'crossing'],
  twice: ['never', 'words', 'start', 'ends', 'all'],
  socket: ['kept', 'lost'],
  pushes: ['at once', 'slow'],
  timers: ['of the last', 'of each'],
} as const;

/**
 * What our own side suffers. Whoever is hit by one may lose something, and nobody hears anything
 * twice.
 */
export const FAULTS = {
  sends: ['arrive', 'refused', 'in doubt', 'unknown'],
  crashes: ['none', 'some'],
  writes: ['answered', 'lost', 'repeated'],
  speed: ['usual', 'frozen'],
} as const;

type Chosen<T extends Record<string, readonly string[]>> = {
  readonly [K in keyof T]: T[K][number];
};

export type Weather = Chosen<typeof WEATHERS>;
export type Faults = Chosen<typeof FAULTS>;

/** Two of it at a time, as in `test/plays`; the way to the call is none. */
export function chooseWeather(choices: Choices): Weather {
  const way = choices.pick(WEATHERS.way);
  return { ...chosen(WEATHERS, choices, choices.int(3)), way };
}

/** Half of all calls have none. */
export const chooseFaults = (choices: Choices): Faults =>
  chosen(FAULTS, choices, choices.pick([0, 0, 1, 2]));

export const isCalm = (faults: Faults) =>
  Object.entries(FAULTS).every(([key, [calm]]) => faults[key as keyof Faults] === calm);

function chosen<T extends Record<string, readonly string[]>>(
  all: T,
  choices: Choices,
  count: number,
): Chosen<T> {
  const calm = Object.fromEntries(Object.entries(all).map(([name, [first]]) => [name, first]));
  for (let left = count; left > 0; left--) {
    const [name, values] = choices.pick(Object.entries(all));
    calm[name] = choices.pick(values);
  }
  return calm as Chosen<T>;
}
