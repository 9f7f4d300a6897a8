import type { Clock } from '../../functions/runtime/clock.ts';

/**
 * Lets the global `setTimeout` and `clearTimeout` count the time of `clock`, until what it returns
 * is called.
 */
export function timersOn(clock: Clock): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const cancels = new WeakMap<object, () => void>();
  const after = (callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
    const timer = { ref: () => timer, unref: () => timer };
    cancels.set(
      timer,
      clock.after(ms, () => callback(...given)),
    );
    return timer;
  };
  const cancel = (timer?: object | string | number) => {
    const own = typeof timer === 'object' ? cancels.get(timer) : undefined;
    if (own) own();
    else clearTimeout(timer as NodeJS.Timeout);
  };
  Object.assign(globalThis, { setTimeout: after, clearTimeout: cancel });
  return () => void Object.assign(globalThis, { setTimeout, clearTimeout });
}
