import type { Channel } from '../delivery/channel.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Claim, Replacement, SessionStore } from '../sessions/session.ts';
import { inPool } from './in-pool.ts';
import type { Outcome, Outcomes } from './outcomes.ts';
import { type Interruption, keyOf, newOwner } from './request.ts';
import { estimatedMs, fingerprint } from './speech.ts';

export interface InterrupterParts {
  readonly sessions: SessionStore;
  /** Without one an interruption waits for the next event. */
  readonly channel: Channel | undefined;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Interrupts every session that an interruption concerns, at most once each, and publishes what came of it. */
export type Interrupter = (interruption: Interruption) => Promise<Outcome[]>;

const AT_ONCE = 20;

export function createInterrupter({ sessions, channel, outcomes, clock, log }: InterrupterParts): Interrupter {
  return async function interrupt(interruption) {
    const results = await interruptAll(interruption);
    await outcomes.publish(results.map((outcome) => ({ interruption_id: interruption.id, ...outcome })));
    return results;
  };

  async function interruptAll(interruption: Interruption): Promise<Outcome[]> {
    const { target } = interruption;
    const named = 'session_id' in target ? { session_id: target.session_id } : {};
    if (expired(interruption)) return [{ ...named, outcome: 'skipped', reason: 'expired' }];
    if ('session_id' in target) return [await interruptOne(target.session_id, interruption)];
    const ids = await sessions.find(target);
    return inPool(ids, AT_ONCE, (id) => interruptOne(id, interruption));
  }

  async function interruptOne(session_id: string, interruption: Interruption): Promise<Outcome> {
    const claim = claimFor(session_id, interruption);
    try {
      const claimed = await sessions.claim(claim);
      if (!claimed.claimed) return { session_id, outcome: 'skipped', reason: claimed.reason };
    } catch (error) {
      log.error('claim_failed', { session_id, error });
      // It may have been written: nothing was sent, so the retry must find it free.
      await released(claim);
      return failed(session_id, 'store_unavailable', 'the session could not be claimed', true);
    }
    return channel ? push(channel, claim, interruption) : defer(claim, interruption);
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
    const delivery = await to.send(session_id, actions, interruption.expires_at);
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
    const { actions, expires_at } = interruption;
    try {
      const waiting = { ...noteOf(claim, interruption), arrived_at: clock.now(), expires_at, actions };
      if (await sessions.wait(session_id, waiting)) return { session_id, outcome: 'deferred' };
      return { session_id, outcome: 'skipped', reason: 'session_ended' };
    } catch (error) {
      log.error('wait_failed', { session_id, error });
      await released(claim);
      return failed(session_id, 'store_unavailable', 'the interruption could not be kept', true);
    }
  }

  function claimFor(session_id: string, interruption: Interruption): Claim {
    const { id, target, expires_at, follow_up, replacement } = interruption;
    const halfway_at = clock.now() + estimatedMs(replacement) / 2;
    return {
      session_id,
      key: keyOf(id),
      owner: newOwner(),
      expires_at,
      ...('label' in target && { label: target.label }),
      ...(channel && replacement && { replacement: { halfway_at, follow_up: follow_up.length > 0 } }),
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

function noteOf({ key }: Claim, { id, triggered_at, follow_up, replacement }: Interruption): Replacement {
  const says = replacement?.type === 'speak' ? fingerprint(replacement) : undefined;
  return { key, id, triggered_at, follow_up, ...(says && { says }) };
}

const failed = (session_id: string, code: string, message: string, retryable: boolean): Outcome => ({
  session_id,
  outcome: 'failed',
  error: { code, message, retryable },
});
