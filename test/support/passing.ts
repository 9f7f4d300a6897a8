import type { ManualClock } from './manual-clock.ts';

/** Lets time jump from timer to timer until `enough`, for `within_ms` at most. */
export async function passUntil(
  clock: ManualClock,
  enough: () => boolean,
  within_ms: number,
): Promise<void> {
  const end = clock.now() + within_ms;
  await clock.advance(0);
  for (let at = clock.next(); !enough() && at !== undefined && at <= end; at = clock.next()) {
    await clock.advance(Math.max(0, at - clock.now()));
  }
}

/** The same until `work` has come to its end. Throws if it hasn't by then. */
export async function passing<T>(
  clock: ManualClock,
  work: Promise<T>,
  within_ms: number,
): Promise<T> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  work.then(done, done);
  await passUntil(clock, () => settled, within_ms);
  if (!settled) throw new Error(`not done within ${within_ms} ms by the test's clock`);
  return work;
}
