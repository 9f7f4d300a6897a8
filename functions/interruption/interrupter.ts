import type { Channel } from '../delivery/channel.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Claim, Replacement, SessionStore } from '../sessions/session.ts';
import { inPool } from './in-pool.ts';
import type { Outcome, Outcomes } from './outcomes.ts';
import { forSession, type Interruption, keyOf, newOwner } from './request.ts';
import { fingerprint, pushOf, restOf } from './speech.ts';

export interface InterrupterParts {
  readonly sessions: SessionStore;
  /** Without one an interruption waits for the next event. */
  readonly channel: Channel | undefined;
  readonly outcomes: Outcomes;
  /** Takes ordinary interruptions of one session each, for invocations of their own. */
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Queue {
  put(requests: readonly object[]): Promise<void>;
}

/** What came of it for each session; or for how many it was passed on. */
export interface Interrupted {
  readonly outcomes: readonly Outcome[];
  readonly queued?: number;
}

/** Interrupts every session that an interruption concerns, at most once each, and publishes what came of it. */
export type Interrupter = (interruption: Interruption) => Promise<Interrupted>;

/** More sessions than one invocation should tell one after another while callers wait. */
const QUEUED_ABOVE = 50;
const AT_ONCE = 20;

export function createInterrupter({ sessions, channel, outcomes, queue, clock, log }: InterrupterParts): Interrupter {
  return async function interrupt(interruption) {
    const { id, target, dry_run, cancel } = interruption;
    const ids = await sessionIds(interruption);
    if (ids.length > QUEUED_ABOVE && !dry_run && !('session_id' in target)) return passOn(ids, interruption);
    const results = expired(interruption)
      ? [expiredOutcome(interruption)]
      : await inPool(ids, AT_ONCE, (session_id) => interruptOne(session_id, interruption));
    if (!dry_run && cancel === undefined) {
      await outcomes.publish(results.map((outcome) => ({ interruption_id: id, ...outcome })));
    }
    return { outcomes: results };
  };

  /** Nobody is looked up for what is too late. */
  async function sessionIds(interruption: Interruption): Promise<string[]> {
    const { target } = interruption;
    if (expired(interruption)) return [];
    return 'session_id' in target ? [target.session_id] : sessions.find(target);
  }

  async function passOn(ids: readonly string[], interruption: Interruption): Promise<Interrupted> {
    try {
      await queue.put(ids.map((session_id) => forSession(session_id, interruption)));
      log.info('interruption_queued', { interruption_id: interruption.id, count: ids.length });
      return { outcomes: [], queued: ids.length };
    } catch (error) {
      log.error('queue_unavailable', { interruption_id: interruption.id, error });
      return { outcomes: [failed(undefined, 'queue_unavailable', 'the sessions could not be passed on', true)] };
    }
  }

  async function interruptOne(session_id: string, interruption: Interruption): Promise<Outcome> {
    const { cancel, dry_run } = interruption;
    try {
      if (cancel !== undefined) return await cancelled(session_id, cancel);
      const suited = await suitedTo(session_id, interruption);
      const outcome = dry_run ? await foreseen(session_id, suited) : await attempted(session_id, suited);
      return interruption.resume ? { ...outcome, resumed: suited.resume } : outcome;
    } catch (error) {
      log.error('store_unavailable', { session_id, error });
      return failed(session_id, 'store_unavailable', 'the session could not be read or written', true);
    }
  }

  /** The interruption for this call: in its own voice, and with the rest of the sentence that it cuts. */
  async function suitedTo(session_id: string, interruption: Interruption): Promise<Interruption> {
    const { actions, follow_up, resume } = interruption;
    const voiceless = [...actions, ...follow_up].some((action) => action.type === 'speak' && !action.tts);
    const [tts, rest] = await Promise.all([
      voiceless || resume ? sessions.voice(session_id) : undefined,
      resume ? restOfCut(session_id) : undefined,
    ]);
    const voiced = (action: ActionDraft) =>
      tts && action.type === 'speak' && !action.tts ? { ...action, tts } : action;
    const resumed: ActionDraft[] = rest && interruption.replacement ? [{ type: 'speak', text: rest }] : [];
    return {
      ...interruption,
      actions: actions.map(voiced),
      follow_up: [...follow_up, ...resumed].map(voiced),
      resume: resumed.length > 0,
    };
  }

  async function restOfCut(session_id: string): Promise<string | undefined> {
    const [sentence, session] = await Promise.all([sessions.sentence(session_id), sessions.read(session_id)]);
    const over = !sentence || !session || (session.playback.silence_at ?? 0) >= sentence.at;
    return over ? undefined : restOf(sentence, clock.now());
  }

  async function attempted(session_id: string, interruption: Interruption): Promise<Outcome> {
    const { rules } = interruption;
    const claim = claimFor(session_id, interruption);
    const claimed = await claimOnce(channel ? claim : waitingClaim(claim));
    if (claimed === undefined) return channel ? push(channel, claim, interruption) : defer(claim, interruption);
    if (claimed !== 'speaking') return { session_id, outcome: 'skipped', reason: claimed };
    const waits = await claimOnce(waitingClaim(claim));
    if (waits === undefined) return defer(claim, { ...interruption, rules });
    return { session_id, outcome: 'skipped', reason: waits === 'speaking' ? 'not_speaking' : waits };
  }

  /** The reason why not, or nothing. */
  async function claimOnce(claim: Claim) {
    try {
      const claimed = await sessions.claim(claim);
      return claimed.claimed ? undefined : claimed.reason;
    } catch (error) {
      // It may have been written: nothing was sent, so the retry must find it free.
      await released(claim);
      throw error;
    }
  }

  async function foreseen(session_id: string, interruption: Interruption): Promise<Outcome> {
    const claim = claimFor(session_id, interruption);
    const reason = await sessions.check(channel ? claim : waitingClaim(claim));
    if (reason === undefined) return { session_id, outcome: channel ? 'delivered' : 'deferred' };
    return reason === 'speaking' ? { session_id, outcome: 'deferred' } : { session_id, outcome: 'skipped', reason };
  }

  async function cancelled(session_id: string, id: string): Promise<Outcome> {
    const waiting = (await sessions.waiting(session_id)).find(({ key }) => key === keyOf(id));
    if (!waiting || !(await sessions.take(session_id, waiting))) {
      return { session_id, outcome: 'skipped', reason: 'not_waiting' };
    }
    await outcomes.publish([{ interruption_id: id, session_id, outcome: 'skipped', reason: 'cancelled' }]);
    return { session_id, outcome: 'skipped', reason: 'cancelled' };
  }

  async function push(to: Channel, claim: Claim, interruption: Interruption): Promise<Outcome> {
    const { session_id } = claim;
    const noted = note(session_id, noteOf(claim, interruption), false);
    // What follows must be there when the replacement ends; without it the caller need not wait for a note.
    if (interruption.follow_up.length > 0 && !(await noted)) {
      await released(claim);
      return failed(session_id, 'store_unavailable', 'what follows could not be kept', true);
    }
    if (expired(interruption)) return { session_id, outcome: 'skipped', reason: 'expired' };
    const actions = interruption.actions.map((action) => ({ ...action, session_id }));
    const delivery = await to.send(session_id, actions, interruption.expires_at).catch((error: unknown) => {
      log.error('send_failed', { session_id, error });
      return { status: 'in_doubt' as const, message: 'the send ended in an error' };
    });
    await noted;
    switch (delivery.status) {
      case 'delivered':
        if (interruption.follow_up.length > 0) await note(session_id, noteOf(claim, interruption), true);
        return { session_id, outcome: 'delivered' };
      case 'gone':
        await sessions.record({ session_id, kind: 'end' }).catch(() => {});
        return { session_id, outcome: 'skipped', reason: 'session_ended' };
      case 'refused':
        await released(claim);
        return failed(session_id, delivery.code, delivery.message, delivery.retryable);
      case 'in_doubt':
        return failed(session_id, 'in_doubt', delivery.message, false);
    }
  }

  async function defer(claim: Claim, interruption: Interruption): Promise<Outcome> {
    const { session_id } = claim;
    const { actions, expires_at, rules } = interruption;
    try {
      const waiting = { ...noteOf(claim, interruption), ...rules, arrived_at: clock.now(), expires_at, actions };
      if (await sessions.wait(session_id, waiting)) return { session_id, outcome: 'deferred' };
      return { session_id, outcome: 'skipped', reason: 'session_ended' };
    } catch (error) {
      await released(claim);
      throw error;
    }
  }

  function claimFor(session_id: string, { id, target, expires_at, follow_up, actions, rules }: Interruption): Claim {
    return {
      session_id,
      key: keyOf(id),
      owner: newOwner(),
      expires_at,
      ...('label' in target && { label: target.label }),
      ...rules,
      push: pushOf(actions, follow_up.length > 0, rules.urgent ?? false, clock.now()),
    };
  }

  async function note(session_id: string, replacement: Replacement, sent: boolean): Promise<boolean> {
    try {
      await sessions.noteReplacement(session_id, replacement, sent);
      return true;
    } catch (error) {
      log.error('note_failed', { session_id, error });
      return false;
    }
  }

  async function released(claim: Claim): Promise<void> {
    await sessions.release(claim).catch((error: unknown) => {
      log.error('release_failed', { session_id: claim.session_id, error });
    });
  }

  function expired({ expires_at }: Interruption): boolean {
    return clock.now() >= expires_at;
  }
}

/** What waits cuts nothing yet: what guards the sentence is asked when it goes out. */
function waitingClaim({ push: _push, after_current: _when, ...claim }: Claim): Claim {
  return { ...claim, force: true };
}

function noteOf({ key }: Claim, { id, triggered_at, follow_up, replacement }: Interruption): Replacement {
  const says = replacement?.type === 'speak' ? fingerprint(replacement) : undefined;
  return { key, id, triggered_at, follow_up, ...(says && { says }) };
}

const expiredOutcome = ({ target }: Interruption): Outcome => ({
  ...('session_id' in target && { session_id: target.session_id }),
  outcome: 'skipped',
  reason: 'expired',
});

const failed = (session_id: string | undefined, code: string, message: string, retryable: boolean): Outcome => ({
  ...(session_id !== undefined && { session_id }),
  outcome: 'failed',
  error: { code, message, retryable },
});
