import { NoWording, type Worded, type Wording } from '../interruption/wording.ts';
import { openForTemplate } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { historyOf } from './remembering.ts';
import { createContexts, type TemplateParts } from './template-context.ts';
import { unaskedOf } from './unasked.ts';

/** Nobody waits on the line for a trigger; what has happened should be said before it is old. */
const WORDED_WITHIN_MS = 5_000;

/** Lets the template of a call word what an interruption is about: `onTrigger`. */
export function createWording({ templates, assets, clock, ...parts }: TemplateParts): Wording {
  const contexts = createContexts({ ...parts, clock });
  return async function wording(
    call,
    { id, triggered_at, expires_at, context = null },
  ): Promise<Worded> {
    const template = templates.of(call);
    const { onTrigger } = template;
    if (!onTrigger) {
      throw new NoWording(
        'the template of this call has no onTrigger: send say or play instead of context',
      );
    }
    const heard = await historyOf(call, template, parts);
    const session = openForTemplate(call, call.turn, heard, template);
    const trigger = { id, triggered_at, context };
    const until = Math.min(clock.now() + WORDED_WITHIN_MS, expires_at);
    const result = await withDeadline(clock, until, async (signal) =>
      onTrigger.call(template, trigger, session, contexts(template, { call, heard, signal })),
    );
    return unaskedOf(result, { template, call, session }, assets);
  };
}
