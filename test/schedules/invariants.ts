import { ANSWER_WITHIN_MS, AT_LEAST_MS } from '../../functions/assistant/deadline.ts';
import { keyOf } from '../../functions/interruption/request.ts';
import type { Schedule } from './explore.ts';
import type { Of } from './history.ts';
import * as sound from './playback-invariants.ts';

/** What is wrong with a schedule, in a few words; nothing if all is well. */
export type Invariant = (schedule: Schedule) => string | undefined;

/** What must hold in every schedule, whatever the order, whoever crashes. */
export const INVARIANTS = {
  'nothing is sent without a claim': (schedule) =>
    leavings(schedule).find(({ id, index }) => !claimBefore(schedule, id, index)) && 'left unclaimed',

  'no claim succeeds after a committed end': (schedule) =>
    claims(schedule).find(({ began }) => endedBy(schedule, began)) && 'claimed after the end',

  'no send starts after expiry': (schedule) =>
    leavings(schedule).find(
      ({ id, at, what }) => at >= expiryOf(schedule, id) + (what === 'answered' ? ANSWER_WITHIN_MS : 0),
    ) && 'left too late',

  'no interruption is sent twice': (schedule) => {
    const ids = leavings(schedule).map(({ id }) => id);
    return ids.length > new Set(ids).size ? `left twice: ${ids}` : undefined;
  },

  'delivered means that it left': (schedule) => {
    const left = new Set(leavings(schedule).map(({ id }) => id));
    const crashed = new Set(schedule.history.all('crashed').map(({ by }) => by));
    const told = schedule.history.all('published').filter(({ event }) => event.outcome === 'delivered');
    return (
      told.find(({ by, event }) => !left.has(event.interruption_id) && !crashed.has(by)) &&
      'delivered, yet it never left'
    );
  },

  'every trigger has an outcome': ({ history }) => {
    const told = new Set(history.all('published').map(({ by }) => by));
    // A label or everyone may name nobody: then nothing came of it, for no session.
    const silent = history.all('returned').find(({ by, result }) => result === 'done' && !told.has(by) && !nobody(by));
    return silent && `${silent.by} came to nothing`;

    function nobody(by: string) {
      return history.all('found').some((found) => found.by === by && found.none);
    }
  },

  'what waits has an outcome when the call is over': (schedule) => {
    const { history } = schedule;
    // Who crashes with an interruption in its hands, or cannot reach the store, takes it along.
    const took = new Set(history.all('taken').flatMap(({ by, mine }) => (mine ? [by] : [])));
    const takesAlong = (by: string) => by.startsWith('webhook') || took.has(by);
    if (history.all('fault').length > 0 || history.all('crashed').some(({ by }) => takesAlong(by))) return undefined;
    if (!endedBy(schedule, history.entries.length) || endedLate(schedule)) return undefined;
    const final = history
      .all('published')
      .filter(({ event }) => event.outcome !== 'deferred' && event.reason !== 'duplicate');
    const known = new Set(final.map(({ event }) => keyOf(event.interruption_id)));
    return history.all('waits').find(({ key }) => !known.has(key)) && 'waited, and nobody ever heard of it again';
  },

  'no turn is lost': ({ history }) => {
    const turns = history
      .all('recorded')
      .flatMap(({ kind, turn }) => (kind === 'turn' && turn !== 'ended' ? [turn] : []));
    const expected = turns.map((_turn, index) => index + 1);
    return turns.sort((a, b) => a - b).join() === expected.join() ? undefined : `counted ${turns}`;
  },

  'no session is resurrected': (schedule) =>
    schedule.history
      .all('recorded')
      .find(({ kind, turn, began }) => kind !== 'start' && turn !== 'ended' && endedBy(schedule, began)) &&
    'an event after the end was let in',

  'if_turn holds when it is claimed': (schedule) => {
    const { history } = schedule;
    const turns = history.all('recorded').filter(({ kind, turn }) => kind === 'turn' && turn !== 'ended');
    const wrong = claims(schedule).find(
      ({ claim: { if_turn }, index }) =>
        if_turn !== undefined && if_turn !== turns.filter((turn) => turn.index < index).length,
    );
    return wrong && `claimed for turn ${wrong.claim.if_turn}`;
  },

  'then never goes before its replacement has ended': sound.thenComesAfter,
  'protected speech is never cut without force': sound.protectedIsSpared,
  'urgent is never cut by what is not': sound.urgentIsSpared,
} satisfies Record<string, Invariant>;

export type Name = keyof typeof INVARIANTS;

const claims = ({ history }: Schedule) => history.all('claimed').filter(({ refused }) => !refused);

type Leaving = (Of<'sent'> | Of<'answered'>) & { id: string };

/** When an interruption may have reached the phone: pushed, or at the head of an answer. */
const leavings = ({ history }: Schedule): Leaving[] =>
  [...history.all('sent').filter(({ left }) => left), ...history.all('answered')].filter(
    (leaving): leaving is Leaving => leaving.id !== undefined,
  );

function claimBefore(schedule: Schedule, id: string, index: number): boolean {
  const released = schedule.history.all('released').filter((release) => release.index < index);
  return claims(schedule).some(
    (one) =>
      one.claim.key === keyOf(id) &&
      !one.waited &&
      one.index < index &&
      !released.some(({ owner, index }) => owner === one.claim.owner && index > one.index),
  );
}

/** Whether the call was certainly over, and not begun again, when what `began` there began. */
function endedBy({ history }: Schedule, began: number): boolean {
  const records = history.all('recorded');
  const end = records.findLast(({ kind, turn, index }) => kind === 'end' && turn !== 'ended' && index < began);
  return end !== undefined && !records.some((one) => one.kind === 'start' && one.index > end.began);
}

/** Who waits for DynamoDB longer than half of the shortest deadline has given it up: then nobody looks who waits. */
const endedLate = ({ history }: Schedule) => {
  const begun = new Map(history.all('begins').map(({ by, at }) => [by, at]));
  const ended = new Set(history.all('recorded').flatMap(({ by, kind }) => (kind === 'end' ? [by] : [])));
  return history.all('answered').some(({ by, at }) => ended.has(by) && at - (begun.get(by) ?? 0) >= AT_LEAST_MS / 2);
};

const expiryOf = ({ triggers }: Schedule, id: string) =>
  Date.parse(triggers.find((trigger) => trigger.id === id)?.request.expires_at ?? '');
