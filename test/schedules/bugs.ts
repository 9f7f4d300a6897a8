import type { CallStore, Stored } from '../../functions/call/call-store.ts';
import type { Fact, Utterance } from '../../functions/call/document.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import type { Name } from './invariants.ts';
import type { Bug } from './world.ts';

const storeThat = (wrong: (store: CallStore) => Partial<CallStore>): Bug => ({
  store: (store) => ({ ...store, ...wrong(store) }),
});

/** Facts are recorded as something else. */
const recording = (changed: (fact: Fact) => Fact) =>
  storeThat((store) => ({ record: (id, fact, signal) => store.record(id, changed(fact), signal) }));

/** Calls are written with a queue that lacks something. */
const queueing = (changed: (one: Utterance) => Utterance | undefined) =>
  storeThat((store) => ({
    save: (stored, call, signal) =>
      store.save(
        stored,
        { ...call, queue: call.queue.flatMap((one) => changed(one) ?? []) },
        signal,
      ),
  }));

/** A bug that a store, a channel or a clock could have, for each invariant that must notice it. */
export const BUGS: Record<Name, { readonly bug: string; readonly made: Bug }> = {
  'nothing leaves that is not written': {
    bug: 'a function that writes nothing',
    made: { seenBy: (store) => ({ ...store, save: async () => true }) },
  },
  'nothing leaves after a written end': {
    bug: 'a store that forgets ends',
    made: recording((fact) =>
      fact.kind === 'over' ? { id: fact.id, at: fact.at, kind: 'other' } : fact,
    ),
  },
  'no interruption leaves after its expiry': {
    bug: 'an expiry that is checked once, when the trigger arrives',
    made: {
      clock: (clock) => {
        const arrived = clock.now();
        return { ...clock, now: () => arrived };
      },
    },
  },
  'no interruption leaves twice': {
    bug: 'a send in doubt that counts as refused',
    made: {
      channel: (channel) => ({
        async send(...args): Promise<Delivery> {
          const delivery = await channel.send(...args);
          if (delivery.status !== 'in_doubt') return delivery;
          return {
            status: 'refused',
            code: 'unreachable',
            message: delivery.message,
            retryable: true,
          };
        },
      }),
    },
  },
  'delivered means that it left': {
    bug: 'a channel that says so without sending',
    made: { channel: () => ({ send: async () => ({ status: 'delivered' }) }) },
  },
  'every trigger has an outcome': {
    bug: 'outcomes that get lost',
    made: { outcomes: () => ({ publish: async () => {} }) },
  },
  'what waits has an outcome when the call is over': {
    bug: 'a store that forgets what waits',
    made: queueing((one) => (one.sent ? one : undefined)),
  },
  'each thing that is said is a turn of its own': {
    bug: 'a store that returns an event without those before it',
    made: storeThat((store) => ({
      async record(id, fact, signal) {
        const { call, ...stored } = await store.record(id, fact, signal);
        return {
          ...stored,
          call: { ...call, facts: call.facts.filter((one) => one.id === fact.id) },
        };
      },
    })),
  },
  'if_turn holds when it leaves': {
    bug: 'a save that asks nobody what came between',
    made: storeThat((store) => ({
      async save(stored, call, signal) {
        const { revision } = (await store.read(call.id)) as Stored;
        return store.save({ ...stored, revision }, call, signal);
      },
    })),
  },
  'then never leaves before its words have ended': {
    bug: 'a store that forgets how long words take',
    made: queueing((one) => ({ ...one, ...(one.length && { length: { ms: 0 } }) })),
  },
  'protected speech is never cut without force': {
    bug: 'a store that forgets what is protected',
    made: queueing(({ guarded: _, ...one }) => one),
  },
  'urgent is never cut by what is not': {
    bug: 'a store that forgets what is urgent',
    made: queueing(({ guarded: _, ...one }) => one),
  },
};

/** The same for what waits, which is asked for its rules when it comes and again when it goes. */
export const BUGS_OF_WHAT_WAITS: Partial<typeof BUGS> = {
  'no interruption leaves after its expiry': {
    bug: 'a store that forgets when what waits expires',
    made: queueing(({ expires_at: _, ...one }) => one),
  },
  'if_turn holds when it leaves': {
    bug: 'a store that forgets for which turn something waits',
    made: queueing(
      (one) =>
        ({
          ...one,
          ...(one.rules && { rules: { ...one.rules, if_turn: undefined } }),
        }) as Utterance,
    ),
  },
};
