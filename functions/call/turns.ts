import { type Call, type Fact, MAX_WORDS, type PendingTurn, type Words } from './document.ts';
import { SILENCE_MS } from './evidence.ts';

type Spoken = Extract<Fact, { kind: 'words' }>;

/** How long the shortest word takes. */
const SHORTEST_MS = 200;

/** Opens a turn for words, unless they are a repeated delivery. */
export function openTurn(call: Call, fact: Spoken): Call {
  const first = firstOf(call, fact);
  if (first === 'told') return call;
  if (first) return askAgain(call, fact, first);
  const turn = call.opened + 1;
  const words: Words = { by: fact.id, at: fact.at, turn, print: fact.print, ms: fact.ms };
  return {
    ...call,
    opened: turn,
    pending: [...call.pending, pendingFor(fact, turn)],
    words: [words, ...call.words].slice(0, MAX_WORDS),
  };
}

/**
 * The first delivery of the same words, to be answered in its place; `told` if that is answered, or
 * being answered.
 */
export function firstOf(call: Call, fact: Spoken): Words | 'told' | undefined {
  if (isForgotten(call, fact)) return 'told';
  const first = repetitionOf(call, fact);
  return first && !isMissing(call, first, fact) ? 'told' : first;
}

/**
 * Whether they are too old to tell if they were heard before. Nobody waits for an answer any more.
 */
const isForgotten = ({ words, reopened, start }: Call, { at }: Spoken) =>
  (words.length === MAX_WORDS && at < (words.at(-1)?.at ?? 0)) ||
  (reopened && at < (start?.at ?? 0));

/**
 * The first delivery of the same words, if these come sooner than they could be spoken again, or if
 * the first was never answered.
 */
function repetitionOf(call: Call, fact: Spoken): Words | undefined {
  return call.words.find((first, index) => {
    if (first.print !== fact.print) return false;
    const isAtOnce = Math.abs(fact.at - first.at) < Math.max(first.ms, SHORTEST_MS) + SILENCE_MS;
    return isAtOnce || (index === 0 && isSilentSince(call, first) && isMissing(call, first, fact));
  });
}

function isSilentSince({ caller_speaks = 0, queue }: Call, { at }: Words): boolean {
  return caller_speaks <= at && !queue.some(({ began }) => began && began.at > at);
}

/** Whether their answer never came. */
function isMissing({ pending }: Call, { by, answered }: Words, fact: Spoken): boolean {
  const open = pending.find((one) => one.by === by);
  return open ? fact.at > open.until : answered === undefined;
}

/** This delivery is answered in the place of the first, as the same turn. */
function askAgain(call: Call, fact: Spoken, first: Words): Call {
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

/** Decides turns whose answer never came in time: they count all the same. */
export function decideOverdue(call: Call, now: number): Call {
  const overdue = call.pending.filter(({ until }) => now > until);
  return overdue.reduce((decided, { by }) => decideTurn(decided, by), call);
}

/**
 * Closes a turn. Where its words were answered, answers to older ones are overtaken; else the
 * conversation stays where it was.
 */
export function closeTurn(call: Call, by: string, now: number, isAnswered: boolean): Call {
  const closed = (isAnswered ? decideTurn : withoutPending)(call, by);
  const words = closed.words.map((one) => (one.by === by ? { ...one, answered: now } : one));
  return { ...closed, words };
}

const decideTurn = (call: Call, by: string): Call => ({
  ...withoutPending(call, by),
  turn: turnAfter(call, by),
});

const turnAfter = ({ turn, pending }: Call, by: string) =>
  Math.max(turn, pending.find((open) => open.by === by)?.turn ?? 0);

const withoutPending = (call: Call, by: string): Call => ({
  ...call,
  pending: call.pending.filter((open) => open.by !== by),
});
