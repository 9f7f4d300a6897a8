import { InvalidValue } from '../protocol/invalid.ts';
import type { Tts } from '../protocol/settings.ts';
import { SessionLimit } from '../sessions/limits.ts';
import type { Claim, Refusal, Replacement, Session, Waiting, WaitReason } from '../sessions/session.ts';
import { createBookkeeping } from './bookkeeping.ts';
import { drop } from './drop.ts';
import { createFanOut, type Interrupter } from './fan-out.ts';
import { createManner, saidTo } from './manner.ts';
import { failed, type Outcome, type Outcomes } from './outcomes.ts';
import { createPassingOn, type Queue } from './passing-on.ts';
import { createPusher, type PusherParts } from './pusher.ts';
import { type Interruption, keyOf, newOwner } from './request.ts';
import { fingerprint, pushOf } from './speech.ts';
import { NoWording, saying, type Wording } from './wording.ts';

export interface InterrupterParts extends PusherParts {
  readonly outcomes: Outcomes;
  readonly queue: Queue;
  readonly wording: Wording;
}

/** Interrupts calls: `fan-out.ts` says which, and this is what happens to each of them. */
export function createInterrupter(parts: InterrupterParts): Interrupter {
  const { sessions, channel, websocket, outcomes, wording, clock, log } = parts;
  const pushTo = createPusher(parts);
  const manner = createManner(parts);
  const { note, left, over, takenBack, released } = createBookkeeping(parts);
  const pushes = channel !== undefined || websocket !== undefined;

  return createFanOut({ ...parts, interruptOne, passOn: createPassingOn(parts) });

  async function interruptOne(session_id: string, interruption: Interruption): Promise<Outcome> {
    const { cancel, rules } = interruption;
    try {
      if (cancel !== undefined) return await cancelled(session_id, cancel);
      if (rules.not_while_caller_speaks && !websocket) return refused(session_id, 'websocket_only');
      return await (interruption.context === undefined ? said : worded)(session_id, interruption);
    } catch (error) {
      log.error('store_unavailable', { session_id, error });
      return failed(session_id, 'store_unavailable', 'the session could not be read or written', true);
    }
  }

  /** The template isn't asked in vain: what would be refused anyway is refused first. */
  async function worded(session_id: string, interruption: Interruption): Promise<Outcome> {
    const vain = await foreseen(session_id, interruption);
    const session =
      vain.outcome === 'skipped' || vain.outcome === 'failed' ? undefined : await sessions.read(session_id);
    if (!session)
      return vain.outcome === 'delivered' ? { session_id, outcome: 'skipped', reason: 'session_ended' } : vain;
    const worded = await wording(session, interruption).catch((error: unknown) => ({ error }));
    if ('error' in worded) return unworded(session_id, worded.error);
    if (worded.actions.length === 0) return { session_id, outcome: 'skipped', reason: 'declined' };
    const outcome = await said(session_id, { ...interruption, ...saying(worded.actions) });
    const isSaid = outcome.outcome === 'delivered' || outcome.outcome === 'deferred';
    if (isSaid && !interruption.dry_run) await worded.keep();
    return outcome;
  }

  function unworded(session_id: string, error: unknown): Outcome {
    if (error instanceof NoWording) return failed(session_id, 'no_wording', error.message, false);
    log.error('wording_failed', { session_id, error });
    // What it returned will be as wrong the next time; what it asked may be there then.
    const retryable = !(error instanceof InvalidValue || error instanceof SessionLimit);
    return failed(session_id, 'wording_failed', 'the template could not word it: see the log', retryable);
  }

  async function said(session_id: string, interruption: Interruption): Promise<Outcome> {
    const { dry_run } = interruption;
    // Beside the claim, which is what the caller waits for.
    const voice = manner.voiceFor(session_id, interruption);
    const suited = interruption.resume ? await manner.resuming(session_id, interruption) : interruption;
    const outcome = dry_run ? await foreseen(session_id, suited) : await attempted(session_id, suited, voice);
    const resumed = suited.resume && outcome.outcome === 'delivered';
    return interruption.resume ? { ...outcome, resumed } : outcome;
  }

  async function attempted(
    session_id: string,
    interruption: Interruption,
    voice: Promise<Tts | undefined>,
  ): Promise<Outcome> {
    const claim = claimFor(session_id, interruption);
    const claimed = await claimOnce(pushes ? claim : waitingClaim(claim));
    if (claimed.claimed) {
      const suited = saidTo(claimed.session, await voice, interruption);
      return pushes ? push(claim, claimed.session, suited) : defer(claim, claimed.session, suited);
    }
    if (!mustWait(claimed.reason)) return refused(session_id, claimed.reason);
    const waits = await claimOnce(waitingClaim(claim));
    if (!waits.claimed) return refused(session_id, waits.reason as FinalRefusal);
    const suited = saidTo(waits.session, await voice, interruption);
    const deferred = await defer(claim, waits.session, suited);
    const mayGo = pushes && deferred.outcome === 'deferred' && !suited.resume;
    return (mayGo && (await overtaken(claim, suited))) || deferred;
  }

  /** What it waits for may have ended just before it began to wait: no event would fetch it. */
  async function overtaken(claim: Claim, interruption: Interruption): Promise<Outcome | undefined> {
    const { session_id, key } = claim;
    let waiting: Waiting | undefined;
    try {
      if (await sessions.check(claim)) return undefined;
      const found = (await sessions.waiting(session_id)).find((one) => one.key === key);
      if (!found || !(await sessions.take(session_id, found))) return undefined;
      waiting = found;
      const { actions, follow_up } = interruption;
      const now = { ...claim, push: pushOf(actions, follow_up.length > 0, claim.urgent ?? false, clock.now()) };
      const started = await sessions.startWaiting(now);
      if (started.claimed) return await push(now, started.session, interruption);
    } catch (error) {
      log.error('not_overtaken', { session_id, error });
    }
    const over = waiting && !(await sessions.wait(session_id, waiting));
    return over ? { session_id, outcome: 'skipped', reason: 'session_ended' } : undefined;
  }

  async function claimOnce(claim: Claim) {
    try {
      return await sessions.claim(claim);
    } catch (error) {
      // It may have been written: nothing was sent, so the retry must find it free.
      await released(claim);
      throw error;
    }
  }

  async function foreseen(session_id: string, interruption: Interruption): Promise<Outcome> {
    const claim = claimFor(session_id, interruption);
    const reason = await sessions.check(pushes ? claim : waitingClaim(claim));
    if (reason === undefined) return { session_id, outcome: pushes ? 'delivered' : 'deferred' };
    if (!mustWait(reason)) return refused(session_id, reason);
    const waits = await sessions.check(waitingClaim(claim));
    return waits ? refused(session_id, waits as FinalRefusal) : { session_id, outcome: 'deferred' };
  }

  async function cancelled(session_id: string, id: string): Promise<Outcome> {
    const waiting = (await sessions.waiting(session_id)).find(({ key }) => key === keyOf(id));
    const over = waiting ? [{ waiting, reason: 'cancelled' as const }] : [];
    const dropped = await drop({ sessions, outcomes }, session_id, over);
    return { session_id, outcome: 'skipped', reason: dropped.length > 0 ? 'cancelled' : 'not_waiting' };
  }

  async function push(claim: Claim, session: Session, interruption: Interruption): Promise<Outcome> {
    const { session_id } = claim;
    const noted = note(session_id, noteOf(claim, session, interruption));
    // What follows must be there when the replacement ends; without it the caller need not wait for a note.
    if (interruption.follow_up.length > 0 && !(await noted)) {
      await takenBack(claim, session);
      await released(claim);
      return failed(session_id, 'store_unavailable', 'what follows could not be kept', true);
    }
    const delivery = await pushTo(session, interruption);
    await noted;
    switch (delivery.status) {
      case 'expired':
        await takenBack(claim, session);
        return { session_id, outcome: 'skipped', reason: 'expired' };
      case 'no_way':
        await takenBack(claim, session);
        return defer(claim, session, interruption);
      case 'delivered':
        if (interruption.follow_up.length > 0) await left(claim);
        return { session_id, outcome: 'delivered' };
      case 'gone':
        await over(session_id);
        return { session_id, outcome: 'skipped', reason: 'session_ended' };
      case 'refused':
        await takenBack(claim, session);
        await released(claim);
        return failed(session_id, delivery.code, delivery.message, delivery.retryable);
      case 'in_doubt':
        return failed(session_id, 'in_doubt', delivery.message, false);
    }
  }

  async function defer(claim: Claim, session: Session, interruption: Interruption): Promise<Outcome> {
    const { session_id } = claim;
    const { actions, expires_at, rules, resume, follow_up } = interruption;
    try {
      // It goes out when the sentence has ended: there is nothing to resume.
      const kept = noteOf(claim, session, { ...interruption, follow_up: resume ? follow_up.slice(0, -1) : follow_up });
      const waiting = { ...kept, ...rules, arrived_at: clock.now(), expires_at, actions };
      if (await sessions.wait(session_id, waiting)) return { session_id, outcome: 'deferred' };
      return { session_id, outcome: 'skipped', reason: 'session_ended' };
    } catch (error) {
      // It may wait all the same. Once more would be said twice.
      log.error('wait_failed', { session_id, error });
      return failed(session_id, 'in_doubt', 'it may or may not wait for the next event', false);
    }
  }

  function claimFor(session_id: string, { id, target, follow_up, actions, rules }: Interruption): Claim {
    return {
      // First: whom the target names may be another one.
      ...target,
      session_id,
      key: keyOf(id),
      owner: newOwner(),
      ...rules,
      ...(websocket && !channel && { needs_connection: true }),
      push: pushOf(actions, follow_up.length > 0, rules.urgent ?? false, clock.now()),
    };
  }
}

/** What waits cuts nothing yet: what guards the sentence is asked when it goes out. */
function waitingClaim(claim: Claim): Claim {
  const {
    push: _,
    after_current: _when,
    not_while_caller_speaks: _then,
    needs_connection: _how,
    behind: _after,
    ...rest
  } = claim;
  return { ...rest, force: true };
}

const WAIT_REASONS: readonly Refusal[] = ['speaking', 'caller_speaks', 'no_connection'];
const mustWait = (reason: Refusal): reason is WaitReason => WAIT_REASONS.includes(reason);

/** Also all that a claim is refused for that waits. */
type FinalRefusal = Exclude<Refusal, WaitReason>;

function refused(session_id: string, reason: FinalRefusal): Outcome {
  if (reason !== 'websocket_only') return { session_id, outcome: 'skipped', reason };
  const message = 'only a WebSocket tells when the caller speaks: leave not_while_caller_speaks out for this call';
  return failed(session_id, reason, message, false);
}

function noteOf({ key }: Claim, { starts }: Session, interruption: Interruption): Replacement {
  const { id, triggered_at, follow_up, follows_turn: turn, replacement } = interruption;
  const says = replacement?.type === 'speak' ? fingerprint(replacement) : undefined;
  return { key, id, triggered_at, starts, follow_up, ...(says && { says }), ...(turn !== undefined && { turn }) };
}
