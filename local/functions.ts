import { randomUUID } from 'node:crypto';
import { type Answer, createSandbox, type Sandbox, type SandboxParts } from './sandbox.ts';

export interface LambdaFunction {
  /** Loads the function ahead of its first invocation; rejects if it can't be loaded. */
  start(): Promise<void>;
  /** `payload` is JSON. Never rejects: whatever goes wrong is an answer that `failed`. */
  invoke(payload: string): Promise<Answer>;
  stop(): Promise<void>;
}

export interface ReloadableFunction extends LambdaFunction {
  /**
   * Loads another bundle for the next invocations; rejects, and changes nothing, if it can't be
   * loaded.
   */
  reload(bundle: string): Promise<void>;
}

/**
 * Runs one bundle as Lambda would. A worker that crashed or hung is replaced at the next
 * invocation.
 */
export function createFunction(parts: Omit<SandboxParts, 'onGone'>): ReloadableFunction {
  let { data } = parts;
  let current: Sandbox | undefined;

  function sandbox(): Sandbox {
    current ??= created(data);
    return current;
  }

  function created(loaded: SandboxParts['data']): Sandbox {
    const fresh = createSandbox({
      ...parts,
      data: loaded,
      onGone() {
        if (current === fresh) current = undefined;
      },
    });
    return fresh;
  }

  return {
    start: () => sandbox().ready,
    invoke: (payload) => sandbox().invoke({ id: randomUUID(), payload }),
    async reload(bundle) {
      const next = { ...data, bundle };
      const fresh = created(next);
      await fresh.ready;
      const old = current;
      [data, current] = [next, fresh];
      old?.retire();
    },
    stop: async () => current?.end(),
  };
}
