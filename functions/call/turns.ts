import type { Call, Fact, PendingTurn, Words } from './document.ts';

type Spoken = Extract<Fact, { kind: 'words' }>;

/** Two requests of the same words are this much apart at most, where nobody could have said them twice. */
const TWICE_MS = 150;

/** What words mean to the conversation: a turn with a number of its own, or what has been heard already. */
export function openTurn(call: Call, fact: Spoken): Call {
  const again = repeats(call, fact);
  if (again) return again === 'missing' ? reopened(call, fact) : call;
  const turn = call.opened + 1;
  return {
    ...call,
    opened: turn,
    pending: [...call.pending, { by: fact.id, turn, at: fact.at, until: fact.until }],
    words: { by: fact.id, at: fact.at, turn, print: fact.print, ms: fact.ms },
  };
}

/** Whether the same words were delivered again: of a first answer that is `missing` they ask once more. */
export function repeats({ words, pending, queue, caller_speaks }: Call, fact: Spoken): 'missing' | 'told' | undefined {
  if (!words || words.print !== fact.print || words.by === fact.id) return undefined;
  const since = Math.min(words.at, fact.at);
  if (caller_speaks !== undefined && caller_speaks > since) return undefined;
  if (queue.some(({ began }) => began && began.at > since)) return undefined;
  const first = pending.find(({ by }) => by === words.by);
  const missing = first ? fact.at > first.until : words.answered === undefined;
  if (missing) return 'missing';
  return Math.abs(fact.at - words.at) < words.ms + TWICE_MS ? 'told' : undefined;
}

/** Nobody has answered the first delivery: this one does, as the same turn. */
function reopened(call: Call, fact: Spoken): Call {
  const { turn } = call.words as Words;
  const again: PendingTurn = { by: fact.id, turn, at: fact.at, until: fact.until };
  return {
    ...call,
    pending: [...call.pending.filter((one) => one.turn !== turn), again],
    words: { ...(call.words as Words), by: fact.id, at: fact.at },
  };
}

/** Turns whose answer never came are turns all the same. */
export function decideOverdue(call: Call, now: number): Call {
  const overdue = call.pending.filter(({ until }) => now > until);
  if (overdue.length === 0) return call;
  return overdue.reduce((decided, { by }) => decideTurn(decided, by, now), call);
}

/** What the caller said is a turn now: whatever answers an older one is overtaken. */
export function decideTurn(call: Call, by: string, now: number): Call {
  const one = call.pending.find((open) => open.by === by);
  if (!one) return call;
  return { ...answered(call, by, now), turn: Math.max(call.turn, one.turn) };
}

/** It was answered with nothing: the conversation stays where it was. */
export const dropTurn = (call: Call, by: string, now: number): Call => answered(call, by, now);

const answered = (call: Call, by: string, now: number): Call => ({
  ...call,
  pending: call.pending.filter((open) => open.by !== by),
  ...(call.words?.by === by && { words: { ...call.words, answered: now } }),
});
