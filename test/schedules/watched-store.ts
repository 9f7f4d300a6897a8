import type { Clock } from '../../functions/runtime/clock.ts';
import type {
  Claim,
  Claimed,
  Happening,
  Push,
  Session,
  SessionChanges,
  SessionStore,
  Waiting,
} from '../../functions/sessions/session.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';

interface Parts {
  readonly store: SessionStore;
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly history: History;
  readonly clock: Pick<Clock, 'now'>;
  /** Probability that a call goes wrong. */
  readonly faults: number;
}

/** Writes that a store must bear twice: the SDK repeats one whose answer got lost. */
const REPEATED = new Set([
  'claim',
  'change',
  'release',
  'noteReplacement',
  'startWaiting',
  'giveReplacement',
  'keepVoice',
  'markSent',
  'takeBack',
]);

/** A store whose every call is a point of the schedule, before and after its effect; what took effect is history. */
export function watchedStore({ store, process, scheduler, random, history, clock, faults }: Parts): SessionStore {
  return new Proxy(store, {
    get: (target, method: keyof SessionStore & string) => {
      const call = target[method] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => watched(method, args, () => call.apply(target, args));
    },
  });

  async function watched(method: string, args: unknown[], call: () => Promise<unknown>): Promise<unknown> {
    await scheduler.point(process);
    const fault = random.chance(faults) ? random.pick(['away', 'answer lost', 'repeated'] as const) : undefined;
    if (fault === 'away' || fault === 'answer lost') history.add({ what: 'fault', by: process.name, method });
    if (fault === 'away') throw new Error('the store is away');
    const began = history.entries.length;
    const { now } = clock;
    const at = now();
    if (method === 'record') history.add({ what: 'records', kind: (args[0] as Happening).kind });
    let result = await scheduler.outside(call());
    if (fault === 'repeated' && REPEATED.has(method)) result = await scheduler.outside(call());
    remember(method, args, result, { began, at });
    await scheduler.point(process);
    if (fault === 'answer lost') throw new Error('the answer got lost');
    return result;
  }

  function remember(method: string, args: unknown[], result: unknown, when: { began: number; at: number }) {
    const by = process.name;
    if (method === 'record') {
      const session = result as Session | 'ended';
      const turn = session === 'ended' ? session : session.turn;
      history.add({ what: 'recorded', by, ...when, kind: (args[0] as Happening).kind, turn });
    } else if (method === 'claim' || method === 'startWaiting') {
      const claimed = result as Claimed;
      const claim = args[0] as Claim;
      const refused = !claimed.claimed && { refused: claimed.reason };
      history.add({ what: 'claimed', ...when, claim, ...refused, ...(method === 'startWaiting' && { waited: true }) });
      if (claimed.claimed) track(claim.key, claim.push?.replacement);
    } else if (method === 'release') history.add({ what: 'released', owner: (args[0] as Claim).owner });
    else if (method === 'change' && result) {
      const { speech, guard } = args[1] as SessionChanges;
      if (speech && guard) history.add({ what: 'guarded', by, at: speech.at });
    } else if (method === 'find') history.add({ what: 'found', by, none: (result as string[]).length === 0 });
    else if (method === 'wait' && result) history.add({ what: 'waits', ...(args[1] as Waiting) });
    else if (method === 'take') {
      history.add({ what: 'taken', by, ...when, key: (args[1] as Waiting).key, mine: result === true });
    }
  }

  function track(key: string, replacement: Push['replacement']) {
    if (replacement) history.add({ what: 'tracked', key, at: replacement.speech.at });
  }
}
