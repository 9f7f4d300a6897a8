import type { Clock } from './clock.ts';
import { Failure } from './errors.ts';
import type { Log } from './log.ts';

/** Gives a secret by its name. Rejects with `Failure` when it can't be read. */
export type ReadSecret = (name: string, options?: { readonly fresh?: boolean }) => Promise<string>;

interface Parts {
  /** Asks for it anew. */
  readonly read: (name: string) => Promise<string>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export interface Secrets {
  readonly secret: ReadSecret;
  /** All that have been read. */
  known(): readonly string[];
}

interface Kept {
  reading?: Promise<string>;
  value?: string;
  /** ms since 1970. */
  until: number;
}

const KEPT_MS = 5 * 60_000;
/** While it can't be read again the old one serves: a caller must not wait for each attempt. */
const KEPT_ON_FAILURE_MS = 30_000;

/**
 * Secrets that are read at first use, once for all who ask at the same time, and kept for five
 * minutes.
 */
export function createSecrets({ read, clock, log }: Parts): Secrets {
  const all = new Map<string, Kept>();

  return {
    known: () => [...all.values()].flatMap(({ value }) => value || []),
    async secret(name, { fresh = false } = {}) {
      const kept = all.get(name) ?? { until: 0 };
      all.set(name, kept);
      if (!fresh && kept.value !== undefined && clock.now() < kept.until) return kept.value;
      kept.reading ??= readAgain(name, kept).finally(() => {
        delete kept.reading;
      });
      try {
        return await kept.reading;
      } catch (error) {
        if (fresh || kept.value === undefined) throw error;
        return kept.value;
      }
    },
  };

  async function readAgain(name: string, kept: Kept): Promise<string> {
    try {
      kept.value = await read(name);
      kept.until = clock.now() + KEPT_MS;
      return kept.value;
    } catch (error) {
      log.error('secret_unavailable', { secret: name, error });
      kept.until = clock.now() + KEPT_ON_FAILURE_MS;
      const why = error instanceof Failure ? error.message : (error as Error).name;
      throw new Failure(`the secret ${name} can't be read: ${why}`, { cause: error });
    }
  }
}
