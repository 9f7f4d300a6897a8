import { type Call, type Fact, MAX_WORDS, type PendingTurn, type Words } from './document.ts';
import { SILENCE_MS } from './evidence.ts';

type Spoken = Extract<Fact, { kind: 'words' }>;

/** How long the shortest word takes. */
const SHORTEST_MS = 200;

/** What words mean to the conversation: a turn with a number of its own, or what has been heard already. */
export function openTurn(call: Call, fact: Spoken): Call {
  if (isForgotten(call, fact)) return call;
  const again = repeated(call, fact);
  if (again) return isMissing(call, again, fact) ? asked(call, fact, again) : call;
  const turn = call.opened + 1;
  const words: Words = { by: fact.id, at: fact.at, turn, print: fact.print, ms: fact.ms };
  return {
    ...call,
    opened: turn,
    pending: [...call.pending, pendingFor(fact, turn)],
    words: [words, ...call.words].slice(0, MAX_WORDS),
  };
}

/** Whether words have been heard already. */
export const isRepeated = (call: Call, fact: Spoken) =>
  isForgotten(call, fact) || repeated(call, fact) !== undefined;

/** So old that nothing tells whether they have been heard already, and nobody waits for an answer any more. */
const isForgotten = ({ words, reopened, start }: Call, { at }: Spoken) =>
  (words.length === MAX_WORDS && at < (words.at(-1)?.at ?? 0)) ||
  (reopened && at < (start?.at ?? 0));

/** Whether words have been heard already, and are being answered. */
export function isTold(call: Call, fact: Spoken): boolean {
  const again = repeated(call, fact);
  return isForgotten(call, fact) || (again !== undefined && !isMissing(call, again, fact));
}

/** The first delivery of the same words: nobody says anything twice so quickly, or nobody has answered it. */
function repeated(call: Call, fact: Spoken): Words | undefined {
  return call.words.find((first, index) => {
    if (first.print !== fact.print) return false;
    const isAtOnce = Math.abs(fact.at - first.at) < Math.max(first.ms, SHORTEST_MS) + SILENCE_MS;
    return isAtOnce || (index === 0 && isSilentSince(call, first) && isMissing(call, first, fact));
  });
}

function isSilentSince({ caller_speaks = 0, queue }: Call, { at }: Words): boolean {
  return caller_speaks <= at && !queue.some(({ began }) => began && began.at > at);
}

/** Whoever was to answer them has not done so in time. */
function isMissing({ pending }: Call, { by, answered }: Words, fact: Spoken): boolean {
  const open = pending.find((one) => one.by === by);
  return open ? fact.at > open.until : answered === undefined;
}

/** This delivery is answered in the place of the first, as the same turn. */
function asked(call: Call, fact: Spoken, first: Words): Call {
  const others = call.pending.filter(({ turn }) => turn !== first.turn);
  return {
    ...call,
    pending: [...others, pendingFor(fact, first.turn)],
    words: call.words.map((one) => (one === first ? { ...one, by: fact.id, at: fact.at } : one)),
  };
}

const pendingFor = ({ id: by, at, until }: Spoken, turn: number): PendingTurn => ({
  by,
  turn,
  at,
  until,
});

/** Turns whose answer never came are turns all the same. */
export function decideOverdue(call: Call, now: number): Call {
  const overdue = call.pending.filter(({ until }) => now > until);
  return overdue.reduce(
    (decided, { by }) => ({ ...closed(decided, by), turn: turnAfter(decided, by) }),
    call,
  );
}

/** What the caller said is a turn now: whatever answers an older one is overtaken. */
export const decideTurn = (call: Call, by: string, now: number): Call => ({
  ...answered(closed(call, by), by, now),
  turn: turnAfter(call, by),
});

/** It was answered with nothing: the conversation stays where it was. */
export const dropTurn = (call: Call, by: string, now: number): Call =>
  answered(closed(call, by), by, now);

const turnAfter = ({ turn, pending }: Call, by: string) =>
  Math.max(turn, pending.find((open) => open.by === by)?.turn ?? 0);

const closed = (call: Call, by: string): Call => ({
  ...call,
  pending: call.pending.filter((open) => open.by !== by),
});

const answered = (call: Call, by: string, now: number): Call => ({
  ...call,
  words: call.words.map((one) => (one.by === by ? { ...one, answered: now } : one)),
});
