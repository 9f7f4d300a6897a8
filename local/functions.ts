import { randomUUID } from 'node:crypto';
import { type Answer, createSandbox, type Sandbox, type SandboxParts } from './sandbox.ts';

export interface LambdaFunction {
  /** Loads the function ahead of its first invocation; rejects if it can't be loaded. */
  start(): Promise<void>;
  /** `payload` is JSON. Never rejects: whatever goes wrong is an answer that `failed`. */
  invoke(payload: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** Runs one bundle as Lambda would. A worker that crashed or hung is replaced at the next invocation. */
export function createFunction(parts: Omit<SandboxParts, 'onGone'>): LambdaFunction {
  let current: Sandbox | undefined;

  function sandbox(): Sandbox {
    if (current) return current;
    const fresh = createSandbox({
      ...parts,
      onGone() {
        if (current === fresh) current = undefined;
      },
    });
    current = fresh;
    return fresh;
  }

  return {
    start: () => sandbox().ready,
    invoke: (payload) => sandbox().invoke({ id: randomUUID(), payload }),
    stop: async () => current?.end(),
  };
}
