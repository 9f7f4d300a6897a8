import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.ts';
import { RequestError } from './errors.ts';
import type { Log } from './log.ts';

/**
 * Says whether a request carries a secret that we know. Throws `RequestError` 503
 * `secret_unavailable`.
 */
export interface Tokens {
  accepts(candidate: string | undefined): Promise<boolean>;
  /**
   * All that count now, the newest first; what is kept in memory anyway. Throws as `accepts` does.
   */
  values(): Promise<readonly string[]>;
}

/** A secret, and until when it counts (ms since 1970). */
export interface Secret {
  readonly value: string;
  readonly until?: number;
}

/** Secrets given once. None, or empty ones: every request is refused. */
export const fixedTokens = (...values: string[]): Tokens => ({
  accepts: async (candidate) =>
    matches(
      values.map((value) => ({ value })),
      candidate,
      0,
    ),
  values: async () => values.filter(Boolean),
});

/** A mismatch may be a rotation, or somebody guessing: read again, but not for every guess. */
const REREAD_AFTER_MS = 5_000;
/** A function that never sees a mismatch would keep an old secret for ever. */
const REFRESH_AFTER_MS = 15 * 60_000;

/**
 * Secrets that live elsewhere: read while the function initialises, kept, read again when something
 * doesn't match.
 */
export function readTokens(
  read: () => Promise<Secret[]>,
  clock: Pick<Clock, 'now'>,
  log: Log,
): Tokens {
  let secrets: Secret[] | undefined;
  let readAt = 0;
  let reading: Promise<void> | undefined;

  void refresh();

  return {
    async accepts(candidate) {
      if (!secrets) await refresh();
      if (!secrets) throw unavailable();
      const age = clock.now() - readAt;
      if (matches(secrets, candidate, clock.now())) {
        if (age > REFRESH_AFTER_MS) void refresh();
        return true;
      }
      if (!candidate || age < REREAD_AFTER_MS) return false;
      await refresh();
      return matches(secrets, candidate, clock.now());
    },
    async values() {
      if (!secrets) await refresh();
      if (!secrets) throw unavailable();
      return countingAt(secrets, clock.now()).map(({ value }) => value);
    },
  };

  function refresh(): Promise<void> {
    reading ??= read()
      .then((fresh) => {
        secrets = fresh;
      })
      .catch((error: unknown) => log.error('secret_unavailable', { error }))
      .finally(() => {
        readAt = clock.now();
        reading = undefined;
      });
    return reading;
  }
}

/**
 * A secret to send: read once, and again when the other side refuses it. Rejects when it can't be
 * read.
 */
export function sentToken(read: () => Promise<Secret[]>): (fresh?: boolean) => Promise<string> {
  let known: Promise<string> | undefined;
  return (fresh = false) => {
    if (fresh || !known) {
      const reading = read().then(([current]) => current?.value ?? '');
      known = reading;
      reading.catch(() => {
        if (known === reading) known = undefined;
      });
    }
    return known;
  };
}

const unavailable = () =>
  new RequestError(503, 'secret_unavailable', 'the token cannot be checked right now: try again');

const countingAt = (secrets: readonly Secret[], now: number) =>
  secrets.filter(({ value, until = Number.POSITIVE_INFINITY }) => value !== '' && now < until);

function matches(secrets: readonly Secret[], candidate: string | undefined, now: number): boolean {
  if (!candidate) return false;
  const digest = sha256(candidate);
  // Every secret is compared, so that the time says nothing about which one matched.
  return countingAt(secrets, now)
    .map(({ value }) => timingSafeEqual(sha256(value), digest))
    .includes(true);
}

const sha256 = (text: string) => hash('sha256', text, 'buffer');
