import { NoWording, type Wording } from '../interruption/wording.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { SessionStore } from '../sessions/session.ts';
import { openForTemplate } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { historyOf } from './history.ts';
import type { TemplateChoice } from './template-choice.ts';
import { unasked } from './unasked.ts';

interface Parts {
  readonly templates: TemplateChoice;
  readonly sessions: SessionStore;
  readonly assets?: Assets | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nobody waits on the line for a trigger; what has happened should be said before it is old. */
const WORDED_WITHIN_MS = 5_000;

/** Lets the template of a call word what an interruption is about: `onTrigger`. */
export function createWording({ templates, clock, ...parts }: Parts): Wording {
  return async function wording(session, { id, triggered_at, expires_at, context = null }) {
    const template = templates.of(session);
    const { onTrigger } = template;
    if (!onTrigger) {
      throw new NoWording('the template of this call has no onTrigger: send say or play instead of context');
    }
    const open = openForTemplate(session, await historyOf(session, template, parts));
    const trigger = { id, triggered_at, context };
    const until = Math.min(clock.now() + WORDED_WITHIN_MS, expires_at);
    const result = await withDeadline(clock, until, async (signal) =>
      onTrigger.call(template, trigger, open, { signal, now: clock.now }),
    );
    return unasked(result, { template, session, open }, parts);
  };
}
