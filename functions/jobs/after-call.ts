import { openForTemplate } from '../assistant/changes.ts';
import { historyOf } from '../assistant/remembering.ts';
import { createContexts, type TemplateParts } from '../assistant/template-context.ts';
import { fold } from '../call/fold.ts';

/** Does what a call flow does after the call, `onCallEnded`. */
export function createAfterCall(parts: TemplateParts) {
  const { templates, sessions } = parts;
  const contexts = createContexts(parts);

  return async function afterCall(session_id: string, signal: AbortSignal): Promise<void> {
    const stored = await sessions.read(session_id, signal);
    if (!stored) throw new Error('the call is not known any more');
    const call = fold(stored.call);
    const template = templates.of(call);
    const history = await historyOf(call, template, parts);
    const session = openForTemplate(call, call.turn, history, template);
    const context = contexts(template, { call, heard: history, signal });
    await template.onCallEnded?.(session, { ...context, history });
  };
}
