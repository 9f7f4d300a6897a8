import type { CallStore } from '../../functions/call/call-store.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { createHistory, type History } from './history.ts';
import type { Phone } from './phone.ts';
import { randomFrom } from './random.ts';
import { randomTrigger, type Trigger } from './requests.ts';
import { createScheduler } from './scheduler.ts';
import { type Bug, createWorld } from './world.ts';

/** One schedule as it happened. The same seed is the same schedule. */
export interface Schedule {
  readonly seed: number;
  readonly history: History;
  readonly triggers: readonly Trigger[];
}

interface Options {
  readonly bug?: Bug | undefined;
  readonly storeFor?: ((clock: Clock) => CallStore) | undefined;
}

/** Plays one call with its triggers, in an order and with mishaps that the seed alone decides. */
export async function playSchedule(
  seed: number,
  { bug = {}, storeFor = createMemoryStore }: Options = {},
) {
  const random = randomFrom(seed);
  const clock = manualClock();
  const history = createHistory();
  const [crashes, faults] = [random.pick(RATES), random.pick(RATES)];
  const onCrash = (by: string) => history.add({ what: 'crashed', by });
  const pauses_ms = random.chance(0.5) ? QUICK_MS : FROZEN_MS;
  const scheduler = createScheduler({ random, clock, crashes, onCrash, pauses_ms });
  const parts = {
    clock,
    random,
    scheduler,
    history,
    faults,
    bug,
    store: storeFor(clock),
    push: random.chance(0.7),
  };
  const world = createWorld(parts);
  const ids = ['i1', 'i2', 'i3'].slice(0, 1 + random.int(3));
  const triggers = ids.map((id) => randomTrigger(random, id, clock.now()));

  void scheduler.run('caller', () => call(world.phone), false);
  for (const trigger of triggers) {
    for (let copy = 1; copy <= trigger.copies; copy++) {
      void scheduler.run('source', () => aWhile().then(() => world.trigger(trigger, copy)), false);
    }
  }
  await scheduler.finish();
  return { seed, history, triggers } satisfies Schedule;

  async function call(phone: Phone) {
    phone.start();
    for (let turn = 1 + random.int(4); turn > 0; turn--) {
      await aWhile();
      phone.speak(`turn${turn}`);
    }
    await aWhile();
    if (random.chance(0.8)) phone.hangUp();
  }

  function aWhile() {
    return new Promise<void>((resolve) => clock.after(random.pick(WHILES_MS), resolve));
  }
}

const QUICK_MS = [1, 5, 15];
/** Lambda freezes, and thaws. */
const FROZEN_MS = [1, 15, 120, 700, 2_500];
const RATES = [0, 0, 0.02, 0.05];
const WHILES_MS = [0, 50, 1_000, 4_000, 9_000];
