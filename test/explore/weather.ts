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
} as const;

/** What our own side suffers. Whoever is hit by one may lose something, and nobody hears anything twice. */
export const FAULTS = {
  sends: ['arrive', 'refused', 'in doubt', 'unknown'],
  crashes: ['none', 'some'],
  writes: ['answered', 'lost', 'repeated'],
  speed: ['usual', 'frozen'],
} as const;

type Chosen<T extends Record<string, readonly string[]>> = { readonly [K in keyof T]: T[K][number] };

export type Weather = Chosen<typeof WEATHERS>;
export type Faults = Chosen<typeof FAULTS>;

/** A third of all calls have calm weather but for the way; the others some of it. */
export function chooseWeather(choices: Choices): Weather {
  const untidy = choices.pick([0, 0.2, 0.35]);
  const way = choices.pick(WEATHERS.way);
  return { ...chosen(WEATHERS, choices, untidy), way };
}

/** Half of all calls have none. */
export const chooseFaults = (choices: Choices): Faults => chosen(FAULTS, choices, choices.pick([0, 0, 0.3, 0.6]));

export const isCalm = (faults: Faults) =>
  Object.entries(FAULTS).every(([key, [calm]]) => faults[key as keyof Faults] === calm);

function chosen<T extends Record<string, readonly string[]>>(all: T, choices: Choices, untidy: number): Chosen<T> {
  const entries = Object.entries(all).map(([name, values]) => [
    name,
    untidy > 0 && choices.chance(untidy) ? choices.pick(values) : values[0],
  ]);
  return Object.fromEntries(entries) as Chosen<T>;
}
