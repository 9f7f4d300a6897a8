import type { Call } from '../call/document.ts';
import type { Worded } from '../interruption/wording.ts';
import type { Assets } from '../runtime/assets.ts';
import { refuseExcess } from '../sessions/limits.ts';
import { changesOf } from './changes.ts';
import { inLanguage, understood } from './language.ts';
import { draftsOf } from './reply.ts';
import type { HandlerResult, Template, TemplateSession, TemplateState } from './template.ts';

interface Unasked {
  readonly template: Template;
  /** As it was before. */
  readonly call: Call;
  /** The same as the template has left it. */
  readonly session: TemplateSession<TemplateState>;
}

/**
 * What a template says without an event, and what it has changed. Whoever says nothing doesn't tell
 * the recogniser anything either. Rejects as {@link draftsOf} does, and with `SessionLimit`.
 */
export async function unaskedOf(
  result: HandlerResult,
  { template, call, session }: Unasked,
  assets: Assets | undefined,
): Promise<Worded> {
  const { language } = inLanguage(template, call.language);
  const spoken = inLanguage(template, session.language);
  const drafts = await draftsOf(result, { template: spoken, session_id: call.id }, assets);
  const changes = changesOf(call, session, language);
  refuseExcess(call, changes);
  const actions = drafts.length > 0 ? understood(drafts, spoken, language) : [];
  return { actions, ...(changes && { changes }) };
}
