import type { CallStore } from '../../functions/call/call-store.ts';
import type { Fact } from '../../functions/call/document.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';

interface Parts {
  readonly store: CallStore;
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly history: History;
  readonly clock: Pick<Clock, 'now'>;
  /** Probability that a request goes wrong. */
  readonly faults: number;
}

const WRITES = new Set<string>(['record', 'save', 'list', 'unlist', 'keepClaims']);

/**
 * A store whose every request is a point of the schedule, before and after its effect; what took
 * effect is history. A write may be repeated as the SDK does, when its answer got lost: others may
 * write between.
 */
export function watchedStore({
  store,
  process,
  scheduler,
  random,
  history,
  clock,
  faults,
}: Parts): CallStore {
  const by = process.name;
  return new Proxy(store, {
    get: (target, method: keyof CallStore & string) => {
      const call = target[method] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) =>
        watched(method, args, () => scheduler.outside(call.apply(target, args)));
    },
  });

  async function watched(
    method: string,
    args: unknown[],
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    await scheduler.point(process);
    const fault = random.chance(faults)
      ? random.pick(['away', 'answer lost', 'repeated'] as const)
      : undefined;
    if (fault === 'away' || fault === 'answer lost') history.add({ what: 'fault', by, method });
    if (fault === 'away') throw new Error('the store is away');
    let result = await call();
    remember(method, args, result);
    if (fault === 'repeated' && WRITES.has(method)) {
      await scheduler.point(process);
      result = await call();
    }
    await scheduler.point(process);
    if (fault === 'answer lost') throw new Error('the answer got lost');
    if (method === 'record') history.add({ what: 'known', by, at: clock.now() });
    return result;
  }

  function remember(method: string, args: unknown[], result: unknown) {
    const at = clock.now();
    if (method === 'record')
      history.add({ what: 'recorded', by, at, kind: (args[1] as Fact).kind });
    if (method === 'save' && result) history.add({ what: 'saved', by, at });
    if (method === 'find')
      history.add({ what: 'found', by, none: (result as string[]).length === 0 });
  }
}
