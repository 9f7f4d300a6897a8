import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../functions/runtime/clock.ts';

/** What a worker needs to know of its function. */
export interface FunctionData {
  name: string;
  /** Path of the bundle, which exports `handler`. */
  bundle: string;
  timeout_ms: number;
}

/** `payload` is JSON both ways, as through Lambda's Runtime API. */
export interface Invocation {
  id: string;
  payload: string;
}

/** When it `failed`, `payload` is `{ errorType, errorMessage, trace? }`. */
export interface Answer extends Invocation {
  failed?: true;
}

export interface SandboxParts {
  data: FunctionData;
  env: Record<string, string>;
  clock: Clock;
  /** Takes what the function prints. */
  output: NodeJS.WritableStream;
  /** Called once no further invocation may come here. */
  onGone(): void;
}

export interface Sandbox {
  /** Resolves once the function is loaded, rejects if it can't be. */
  ready: Promise<void>;
  invoke(invocation: Invocation): Promise<Answer>;
  /** Ends once the invocations that are here have their answers. */
  retire(): void;
  end(): Promise<void>;
}

/** One worker thread with one function loaded. */
export function createSandbox({ data, env, clock, output, onGone }: SandboxParts): Sandbox {
  const waiting = new Map<string, (answer: Answer) => void>();
  const ready = Promise.withResolvers<void>();
  // Nobody may be waiting for it: a crash is then the answer to the invocations.
  ready.promise.catch(() => {});
  let retired = false;

  const worker = new Worker(join(import.meta.dirname, 'function-worker.cjs'), {
    workerData: data,
    env,
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr] as Readable[])
    stream.pipe(output, { end: false });
  worker.on('message', (answer: Answer) =>
    answer.id === 'ready' ? ready.resolve() : waiting.get(answer.id)?.(answer),
  );
  worker.on('error', gone);
  worker.on('exit', (code) => gone(new Error(`Runtime exited with exit code ${code}`)));

  return { ready: ready.promise, invoke, retire: retireWhenIdle, end };

  function invoke(invocation: Invocation): Promise<Answer> {
    return new Promise((resolve) => {
      const cancel = clock.after(data.timeout_ms, () => timedOut(invocation.id));
      waiting.set(invocation.id, (answer) => {
        cancel();
        waiting.delete(invocation.id);
        resolve(answer);
        if (retired && waiting.size === 0) void end();
      });
      worker.postMessage(invocation);
    });
  }

  async function end() {
    await worker.terminate();
  }

  function retireWhenIdle() {
    retired = true;
    if (waiting.size === 0) void end();
  }

  // A function that hangs may hang for everyone: the next invocation gets a new worker, this one
  // ends with its last.
  function timedOut(id: string) {
    retire();
    const text = `Task timed out after ${(data.timeout_ms / 1000).toFixed(2)} seconds`;
    waiting.get(id)?.(failure(id, 'Sandbox.Timedout', text));
  }

  function gone(error: unknown) {
    retire();
    const message = error instanceof Error ? error.message : String(error);
    ready.reject(
      new Error(`functions/${data.name}.ts does not load: ${message}`, { cause: error }),
    );
    for (const [id, settle] of waiting) settle(failure(id, 'Runtime.ExitError', message));
  }

  function retire() {
    retired = true;
    onGone();
  }
}

const failure = (id: string, errorType: string, text: string): Answer => ({
  id,
  payload: JSON.stringify({ errorType, errorMessage: `RequestId: ${id} Error: ${text}` }),
  failed: true,
});
