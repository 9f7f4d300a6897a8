import type { Delivery } from '../../functions/delivery/channel.ts';
import type { SessionStore } from '../../functions/sessions/session.ts';
import type { Name } from './invariants.ts';
import type { Bug } from './world.ts';

const storeThat = (wrong: (store: SessionStore) => Partial<SessionStore>): Bug => ({
  store: (store) => ({ ...store, ...wrong(store) }),
});

/** Claims as if something else had been asked for. */
const claimingWith = (changed: object) =>
  storeThat((store) => ({ claim: (claim) => store.claim({ ...claim, ...changed }) }));

/** What an end leaves is not respected: the call goes on, as far as the store knows. */
const forgettingEnds = storeThat((store) => ({
  record: (happening) => store.record(happening.kind === 'end' ? { ...happening, kind: 'other' } : happening),
}));

/** A bug that a store, a channel or a function could have, for each invariant that must notice it. */
export const BUGS: Record<Name, { readonly bug: string; readonly made: Bug }> = {
  'nothing is sent without a claim': {
    bug: 'a function that doesn’t ask',
    made: {
      seenBy: (store) => ({
        ...store,
        async claim({ session_id }) {
          const session = await store.read(session_id);
          return session ? { claimed: true, session } : { claimed: false, reason: 'unknown_session' };
        },
      }),
    },
  },
  'no claim succeeds after a committed end': { bug: 'a store that forgets ends', made: forgettingEnds },
  'no session is resurrected': { bug: 'a store that forgets ends', made: forgettingEnds },
  'no send starts after expiry': {
    bug: 'an expiry that is checked once, when the trigger arrives',
    made: {
      clock: (clock) => {
        const arrived = clock.now();
        return { ...clock, now: () => arrived };
      },
    },
  },
  'no interruption is sent twice': {
    bug: 'a send in doubt that counts as refused',
    made: {
      channel: (channel) => ({
        async send(...args): Promise<Delivery> {
          const delivery = await channel.send(...args);
          if (delivery.status !== 'in_doubt') return delivery;
          return { status: 'refused', code: 'unreachable', message: delivery.message, retryable: true };
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
    bug: 'a waiting room that forgets',
    made: storeThat(() => ({ waiting: async () => [] })),
  },
  'no turn is lost': {
    bug: 'a store that counts every second turn',
    made: storeThat((store) => {
      let seen = 0;
      return {
        async record(happening) {
          const lost = happening.kind === 'turn' && seen++ % 2 === 1;
          return store.record(lost ? { ...happening, kind: 'other' } : happening);
        },
      };
    }),
  },
  'if_turn holds when it is claimed': {
    bug: 'a claim that reads the turn before it writes',
    made: storeThat((store) => ({
      claim: ({ if_turn: _read, ...claim }) => store.claim(claim),
    })),
  },
  'then never goes before its replacement has ended': {
    bug: 'a then at the first end that comes',
    made: storeThat((store) => ({
      async record(happening) {
        const session = await store.record(happening);
        if (session === 'ended' || !session.replacement) return session;
        return { ...session, replacement: { ...session.replacement, heard: true, after: 0 } };
      },
    })),
  },
  'protected speech is never cut without force': { bug: 'a claim that forces', made: claimingWith({ force: true }) },
  'urgent is never cut by what is not': {
    bug: 'a claim that calls itself urgent',
    made: claimingWith({ urgent: true }),
  },
};

/** What waited goes out as if its rules had been asked for good when it came. */
const startingWith = (changed: object) =>
  storeThat((store) => ({ startWaiting: (claim) => store.startWaiting({ ...claim, ...changed }) }));

/** The same for what waits, which is claimed long before it goes out. */
export const BUGS_OF_WHAT_WAITS: Partial<typeof BUGS> = {
  'if_turn holds when it is claimed': {
    bug: 'a turn that is read before what waits goes out',
    made: storeThat((store) => ({
      startWaiting: ({ if_turn: _read, ...claim }) => store.startWaiting(claim),
    })),
  },
  'protected speech is never cut without force': {
    bug: 'a guard that is read before what waits goes out',
    made: startingWith({ force: true }),
  },
};
