import type { Stored } from '../call/call-store.ts';
import { type Call, freshCall } from '../call/document.ts';
import { foldBy } from '../call/fold.ts';
import { type Asked, meaningOf, turnOf } from '../call/meaning.ts';
import { readingFor } from '../kit/manners.ts';
import { withDeadline } from './deadline.ts';
import type { Handling } from './handling.ts';
import type { TemplateParts } from './template-context.ts';

/** A call as an event finds it. */
export interface Reading {
  /** Missing if the call couldn't be read. It is answered all the same, without memory. */
  readonly stored: Stored | undefined;
  readonly call: Call;
  readonly asked: Asked;
  /** The turn at which the template is asked. */
  readonly number: number;
}

/** Records an event in its call, which is read in the same request. Never throws. */
export function createReading({ templates, sessions, ...parts }: TemplateParts) {
  return async function read(handling: Handling): Promise<Reading> {
    const { event, fact, origin } = handling;
    const stored = await byHalfway(handling, parts, 'session_not_read', (signal) =>
      sessions.record(event.session.id, fact, signal),
    );
    if (stored) {
      const { call } = stored;
      const now = parts.clock.now();
      const known = foldBy(call, now);
      const manner = readingFor(templates.of({ ...origin, ...known }), event);
      const asked = meaningOf(call, fact.id, now, manner);
      return { stored, call: known, asked, number: turnOf(call, fact.id, now) };
    }
    const call = { ...freshCall(event.session.id), ...origin };
    return { stored, call, asked: 'template', number: fact.kind === 'words' ? 1 : 0 };
  };
}

/** Asks DynamoDB, which gets half of the time there is. Never throws. */
export async function byHalfway<T>(
  { about, received, signal }: Handling,
  { clock, log }: Pick<TemplateParts, 'clock' | 'log'>,
  failure: string,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const halfway = clock.now() + (received.deadline - clock.now()) / 2;
  try {
    return await withDeadline(clock, halfway, ask, signal);
  } catch (error) {
    log.error(failure, { ...about, error });
    return undefined;
  }
}
