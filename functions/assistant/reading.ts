import type { CallStore, Stored } from '../call/call-store.ts';
import { type Call, freshCall } from '../call/document.ts';
import { fold } from '../call/fold.ts';
import { type Asked, meaningOf, turnOf } from '../call/meaning.ts';
import { decideOverdue } from '../call/turns.ts';
import { readingFor } from '../kit/manners.ts';
import { nameOf } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { withDeadline } from './deadline.ts';
import type { Handling } from './handling.ts';
import type { TemplateChoice } from './template-choice.ts';

/** A call as an event finds it. */
export interface Reading {
  /** Missing if the call couldn't be read. It is answered all the same, without memory. */
  readonly stored: Stored | undefined;
  readonly call: Call;
  readonly asked: Asked;
  /** The turn at which the template is asked. */
  readonly number: number;
}

interface Parts {
  readonly templates: TemplateChoice;
  readonly sessions: CallStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Records an event in its call, which is read in the same request. Never throws. */
export function createReading({ templates, sessions, clock, log }: Parts) {
  return async function read(handling: Handling): Promise<Reading> {
    const { event, fact, origin } = handling;
    const stored = await recordFact(handling);
    if (stored) {
      const { call } = stored;
      const now = clock.now();
      const known = decideOverdue(fold(call), now);
      const manner = readingFor(templates.of({ ...origin, ...known }), event);
      const asked = meaningOf(call, fact.id, now, manner);
      return { stored, call: known, asked, number: turnOf(call, fact.id, now) };
    }
    const call = { ...freshCall(event.session.id), ...origin };
    return { stored, call, asked: 'template', number: fact.kind === 'words' ? 1 : 0 };
  };

  /** DynamoDB gets half of the time there is. */
  async function recordFact({ event, fact, received, signal }: Handling) {
    const { id } = event.session;
    const halfway = clock.now() + (received.deadline - clock.now()) / 2;
    const record = (inner: AbortSignal) => sessions.record(id, fact, inner);
    try {
      return await withDeadline(clock, halfway, record, signal);
    } catch (error) {
      log.error('session_not_read', { session_id: id, event: nameOf(event), error });
      return undefined;
    }
  }
}
