import type { Outcome, OutcomeEvent } from '../../functions/call/outcome.ts';
import type { Arrival, Batch, Book, Line, Source } from './book.ts';
import type { Order } from './orders.ts';
import type { Faults, Weather } from './weather.ts';

/** Something that must never happen. */
export class Violation extends Error {
  readonly rule: string;
  constructor(rule: string, about: string) {
    super(`${rule}: ${about}`);
    this.rule = rule;
  }
}

/** What the caller said, and which write answered it. */
export interface Turn {
  readonly id: string;
  readonly at: number;
  readonly recorded: number;
  readonly until: number;
  turn: number;
  asked: boolean;
  says: boolean;
  answered: number;
}

export interface Told {
  finals: (Outcome | OutcomeEvent)[];
  refused: boolean;
  deferred: boolean;
  heard: boolean;
  thenSkipped: boolean;
  resumed: boolean;
  cancelled: number;
}

export type Stopped = NonNullable<Arrival['stopped']>;

interface Parts {
  readonly book: Book;
  readonly weather: Weather;
  readonly faults: Faults;
}

export type Witness = ReturnType<typeof createWitness>;

/**
 * What has happened, and nothing of what it means: what was asked for, recorded and written, and
 * what has left and arrived.
 */
export function createWitness({ book, weather, faults }: Parts) {
  const orders = new Map<string, Order>();
  const turns: Turn[] = [];
  const told = new Map<string, Told>();
  const left = new Set<Line>();
  const sourcesOf = new Map<Batch, Set<Source>>();
  /** When words came that only showed that somebody listens, and had cut something. */
  const mumbles: number[] = [];
  /** What has stopped the phone, and when. */
  const stops: { readonly batch: Batch; readonly at: number }[] = [];
  /** The caller's first sound and their words, as they were recorded. */
  const voices: { readonly isVoice: boolean; readonly write: number; readonly at: number }[] = [];
  const times = {
    /** Writes. */
    ended: 0,
    started: 0,
    lastStart: 0,
    /** The last start that wasn't told again. */
    begun: { at: 0, write: 0 },
  };

  const of = (id: string): Told => {
    let one = told.get(id);
    if (!one) {
      one = {
        finals: [],
        refused: false,
        deferred: false,
        heard: false,
        thenSkipped: false,
        resumed: false,
        cancelled: 0,
      };
      told.set(id, one);
    }
    return one;
  };

  return {
    book,
    weather,
    faults,
    orders,
    turns,
    left,
    sourcesOf,
    mumbles,
    stops,
    voices,
    times,
    of,
    sourceNamed,
    overtakenBy,
    ordersIn,
    isDoubtful,
    allArrivals,
    isKnown,
  };

  function sourceNamed(id: string): Source | undefined {
    const order = orders.get(id);
    if (order) return order.source;
    // Of a part: `<answer>-job-<number>`.
    const [answer, , number] = id.split('-');
    return book.sources.find(({ name }) => name === `p${answer}n${number}`);
  }

  function overtakenBy(turn: number, saved: number): Turn | undefined {
    return turns.find(
      (one) => one.says && one.turn > turn && one.answered > 0 && one.answered <= saved,
    );
  }

  function ordersIn(batch: Batch | undefined): Order[] {
    const sources = batch && sourcesOf.get(batch);
    if (!sources) return [];
    return [...sources].flatMap(({ kind, name }) =>
      kind === 'interruption' ? (orders.get(name) ?? []) : [],
    );
  }

  /** A send that nobody could confirm for so long that it counts as done. */
  function isDoubtful() {
    return faults.sends === 'in doubt' || faults.speed === 'frozen' || faults.crashes === 'some';
  }

  function allArrivals(): Arrival[] {
    return book.sources.flatMap(({ lines }) => lines.flatMap(({ arrivals }) => arrivals));
  }

  /** The store said that it had left when the other was decided. */
  function isKnown(one: Arrival, batch: Batch) {
    return one.batch.saved > 0 && one.batch.saved < batch.saved;
  }
}
