import { describe, expect, it } from 'vitest';
import { always } from '../../functions/assistant/template-choice.ts';
import type { Channel, Delivery } from '../../functions/delivery/channel.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { CARRIERS, type Carrier } from './carriers.ts';
import { SESSION_ID } from './requests.ts';

const REFUSED: Delivery = {
  status: 'refused',
  code: 'unreachable',
  message: 'no connection',
  retryable: true,
};
const LIFETIME_MS = 30_000;
/**
 * After a day nothing is known of a call. What comes later finds all as the one before it did: of
 * those each hundredth.
 */
const FORGOTTEN_MS = 2 * 86_400_000;

type Fate = Delivery | 'breaks' | 'dies';

/** What becomes of the first sends; those after it are delivered. */
const FATES: Record<string, readonly Fate[]> = {
  'nothing fails': [],
  'refused once': [REFUSED],
  'refused for good': Array(200_000).fill(REFUSED),
  'in doubt': [{ status: 'in_doubt', message: 'perhaps' }],
  'a send that breaks off': ['breaks'],
  'an invocation that dies while it sends': ['dies'],
};

it('deliver as often, and for as long, as AWS says', () => {
  const days = CARRIERS.map(({ pauses }) => {
    const all = [...pauses()];
    return [all.length, Math.round(all.reduce((sum, pause) => sum + pause, 0) / 86_400_000)];
  });
  expect(days).toEqual([
    [185, 1],
    [100_015, 23],
    [2, 0],
    [5_760, 4],
  ]);
});

describe.each(CARRIERS)('$name', (carrier) => {
  it.each(Object.keys(FATES))(
    '%s: at most one leaves, none too late',
    async (name) => {
      const { starts, left, expires_at } = await deliver(carrier, FATES[name] ?? []);
      expect(starts.length).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(1);
      expect(starts.filter((at) => at >= expires_at)).toEqual([]);
    },
    60_000,
  );
});

/** Delivers as often as the carrier ever would: its acknowledgements get lost as well. */
async function deliver({ envelope, pauses }: Carrier, fates: readonly Fate[]) {
  const clock = manualClock();
  const began = clock.now();
  const expires_at = began + LIFETIME_MS;
  const line = createLine(clock, fates);
  await line.sessions.record(SESSION_ID, { id: 'start', at: clock.now(), kind: 'start' });
  const event = envelope({ session_id: SESSION_ID, say: 'Your parcel has shipped.' });
  await line.invoke(event);
  for (const [n, pause] of [...pauses()].entries()) {
    clock.pass(pause);
    if (clock.now() < began + FORGOTTEN_MS || n % 100 === 0) await line.invoke(event);
  }
  return { ...line, expires_at, left: line.left() };
}

function createLine(clock: ManualClock, fates: readonly Fate[]) {
  const sessions = createMemoryStore(clock);
  const starts: number[] = [];
  let left = 0;
  const channel: Channel = {
    async send() {
      const fate = fates[starts.length] ?? { status: 'delivered' };
      starts.push(clock.now());
      if (fate !== REFUSED) left++;
      if (fate === 'breaks') throw new Error('broken off');
      return fate === 'dies' ? new Promise<never>(() => {}) : fate;
    },
  };
  const stack = memoryStack({
    templates: always({}),
    sessions,
    channel,
    websocket: undefined,
    outcomes: { publish: async () => {} },
    jobs: noJobs,
    // Whoever can't put it back leaves it to its source.
    queue: { put: async (items) => ({ items }) },
    clock,
    log: { info() {}, warn() {}, error() {} },
  });
  const dead = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    sessions,
    starts,
    left: () => left,
    /**
     * Whatever comes of it: an error, and an invocation that never ends, are as good as no answer.
     */
    invoke: (event: object) => Promise.race([stack.interrupt(event).catch(() => {}), dead()]),
  };
}
