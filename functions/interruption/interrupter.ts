import { createHash } from 'node:crypto';
import type { Stored } from '../call/call-store.ts';
import { fold, foldBy } from '../call/fold.ts';
import { interrupt, type Trigger } from '../call/interrupt.ts';
import { failed, type Outcome, skippedAs } from '../call/outcome.ts';
import type { Changes } from '../call/state.ts';
import { keyOf } from '../call/words.ts';
import { InvalidValue } from '../protocol/invalid.ts';
import { newId } from '../runtime/new-id.ts';
import type { Recorder } from '../runtime/recorder.ts';
import { refuseExcess, SessionLimit } from '../sessions/limits.ts';
import type { ConsequenceParts } from './consequences.ts';
import { createFanOut, type Interrupter } from './fan-out.ts';
import { createQueueing, type Queue } from './queueing.ts';
import type { Interruption } from './request.ts';
import { type Telling, unavailable } from './telling.ts';
import { InvalidContext, NoWording, saying, type Wording } from './wording.ts';

interface Parts extends ConsequenceParts {
  readonly telling: Telling;
  readonly queue: Queue;
  readonly wording: Wording;
  readonly recorder?: Recorder | undefined;
}

/** Interrupts calls: `fan-out.ts` says which, and this is what happens to each of them. */
export function createInterrupter(parts: Parts): Interrupter {
  const { sessions, wording, telling, recorder, clock, log } = parts;
  const { tell, ways } = telling;

  return createFanOut({ ...parts, ...createQueueing(parts), interruptOne });

  async function interruptOne(session_id: string, interruption: Interruption): Promise<Outcome> {
    const { request, dry_run } = interruption;
    if (!dry_run)
      recorder?.keep(session_id, { kind: 'interruption', at: clock.now(), interruption: request });
    const outcome = await decideFor(session_id, interruption);
    await recorder?.kept();
    if (outcome.differs) log.warn('id_differs', { session_id, interruption_id: interruption.id });
    return outcome;
  }

  /** Never throws. */
  async function decideFor(session_id: string, interruption: Interruption): Promise<Outcome> {
    const { cancel } = interruption;
    const by = newId();
    if (cancel !== undefined)
      return tell(session_id, async (stored) => {
        const claimed = await claimedIn(stored, cancel);
        return { kind: 'cancel', by, id: cancel, claimed };
      });
    if (interruption.context === undefined) return tellTrigger(session_id, interruption, by);
    return wordAndTell(session_id, interruption, by).catch((error: unknown) => {
      log.error('store_unavailable', { session_id, error });
      return unavailable(session_id);
    });
  }

  function tellTrigger(
    session_id: string,
    interruption: Interruption,
    by: string,
    changes?: Changes,
  ): Promise<Outcome> {
    return tell(session_id, async (stored) => ({
      kind: 'trigger',
      trigger: await triggerFor(stored, interruption, by, changes),
    }));
  }

  async function triggerFor(
    stored: Stored | undefined,
    interruption: Interruption,
    by: string,
    changes?: Changes,
  ): Promise<Trigger> {
    if (stored) refuseExcess(fold(stored.call), changes);
    const { id, target, actions, follow_up, rules, resume, dry_run } = interruption;
    const { triggered_at, expires_at } = interruption;
    return {
      by,
      id,
      triggered_at,
      expires_at,
      content: contentOf(interruption),
      who: target,
      actions,
      then: follow_up,
      rules,
      ...(changes && { changes }),
      resume,
      dry_run,
      ways,
      claimed: await claimedIn(stored, id),
    };
  }

  /** The content hash of an id, if that lies beside the document. */
  async function claimedIn(stored: Stored | undefined, id: string): Promise<string | undefined> {
    return stored?.call.more ? sessions.claimed(stored.call.id, keyOf(id)) : undefined;
  }

  /**
   * Has the template find the words, and tells them. What would be refused anyway is refused first.
   * Throws what the store throws.
   */
  async function wordAndTell(
    session_id: string,
    interruption: Interruption,
    by: string,
  ): Promise<Outcome> {
    const stored = await sessions.read(session_id);
    const call = stored && foldBy(stored.call, clock.now());
    const trigger = await triggerFor(stored, interruption, by);
    const { outcome: foreseen } = interrupt(call, trigger, clock.now());
    if (!call || foreseen.outcome === 'skipped' || foreseen.outcome === 'failed')
      return { ...foreseen, session_id };
    const words = await wording(call, interruption).catch((error: unknown) => ({ error }));
    if ('error' in words) return reportUnworded(session_id, words.error);
    const { actions, changes } = words;
    if (actions.length === 0) return skippedAs(session_id, 'declined');
    return tellTrigger(session_id, { ...interruption, ...saying(actions) }, by, changes);
  }

  function reportUnworded(session_id: string, error: unknown): Outcome {
    if (error instanceof NoWording) return failed(session_id, 'no_wording', error.message, false);
    if (error instanceof InvalidContext) {
      log.warn('invalid_context', { session_id, error });
      return failed(session_id, 'invalid_context', error.message, false);
    }
    log.error('wording_failed', { session_id, error });
    // A wrong result will be wrong the next time, too. A service that the template asked may be
    // back by then.
    const retryable = !(error instanceof InvalidValue || error instanceof SessionLimit);
    const message = 'the template could not word it: see the log';
    return failed(session_id, 'wording_failed', message, retryable);
  }
}

/** A hash of what it asks for, to tell apart the same id with other content. */
function contentOf({ resume, actions, follow_up, context }: Interruption): string {
  const said = context === undefined ? [actions, follow_up] : context;
  return createHash('sha256')
    .update(JSON.stringify([said, resume]))
    .digest('base64url')
    .slice(0, 4);
}
