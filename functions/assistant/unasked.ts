import type { Assets } from '../runtime/assets.ts';
import type { Log } from '../runtime/log.ts';
import type { Session, SessionStore } from '../sessions/session.ts';
import { changesOf } from './changes.ts';
import { actionsOf } from './reply.ts';
import type { Result, State, Template, TemplateSession } from './template.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly assets?: Assets | undefined;
  readonly log: Log;
}

interface Ran {
  readonly template: Template;
  readonly session: Session;
  /** As the template has left it. */
  readonly open: TemplateSession<State>;
}

/** What a template says when no event has asked, checked, and a way to keep what it changed, which never throws. */
export async function unasked(result: Result, { template, session, open }: Ran, { sessions, assets, log }: Parts) {
  const { id: session_id } = session;
  const actions = await actionsOf(result, { template, session_id }, assets);
  const changes = changesOf(session, open);
  return {
    actions: actions.map(({ session_id: _own, ...draft }) => draft),
    async keep(): Promise<void> {
      try {
        const kept = !changes || (await sessions.change(session_id, changes));
        if (!kept) log.warn('session_not_changed', { session_id });
      } catch (error) {
        log.error('session_not_changed', { session_id, error });
      }
    },
  };
}
