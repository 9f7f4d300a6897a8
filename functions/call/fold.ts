import { heardBegin } from './begins.ts';
import { heardVoice, heardWords, silentBy } from './cuts.ts';
import { type Call, type End, type Fact, MAX_KEYS, omit, type Utterance } from './document.ts';
import { heardEnd, heardSilence } from './ends.ts';
import { isCutBySound } from './evidence.ts';
import { send, undoSend } from './sending.ts';
import { decideOverdue, firstOf, openTurn } from './turns.ts';
import { change, isAnswerTo, withoutAnswer } from './utterances.ts';

/** Words that were under way when the call was transferred, or ended, don't refute that. */
const CROSSING_MS = 3_000;

/** The call after all its facts, in order of time. */
export const fold = (call: Call): Call => folded(call).calls.at(-1) ?? call;

/** The same by now: words that were to be answered long ago have become turns. */
export const foldBy = (call: Call, now: number): Call => decideOverdue(fold(call), now);

/** The call as it was before one of its facts. */
export function foldBefore(call: Call, fact: Fact): Call {
  const { facts, calls } = folded(call);
  return calls[facts.indexOf(fact) - 1] ?? withoutFacts(call);
}

interface Folded {
  readonly of: Call;
  /** In order of time. */
  readonly facts: readonly Fact[];
  /** The call after each of them. */
  readonly calls: readonly Call[];
}

/** Of the call that was asked about last, because one event folds the same call four times. */
let last: Folded | undefined;

function folded(call: Call): Folded {
  if (last?.of === call) return last;
  const facts = inOrder(call.facts);
  const calls: Call[] = [];
  for (const fact of facts) calls.push(after(calls.at(-1) ?? withoutFacts(call), fact));
  last = { of: call, facts, calls };
  return last;
}

const withoutFacts = (call: Call): Call => ({ ...call, facts: [] });

/**
 * By time. But words stay in the order in which they were recorded, because the first delivery is
 * being answered.
 */
function inOrder(facts: readonly Fact[]): Fact[] {
  let latest = 0;
  const timed = facts.map((fact) => {
    if (fact.kind === 'words') latest = Math.max(latest, fact.at);
    return { fact, at: fact.kind === 'words' ? latest : fact.at };
  });
  return timed.toSorted((a, b) => a.at - b.at).map(({ fact }) => fact);
}

function after(call: Call, fact: Fact): Call {
  // Whatever was to follow that answer wasn't carried out.
  if (fact.kind === 'unsaid') return withoutListing(withoutLost(takeBack(call, fact), fact));
  if (fact.kind === 'unlisted') return withoutListing(call);
  if (fact.kind === 'gone') return call.socket?.id === fact.socket ? withoutSocket(call) : call;
  const known = fact.kind === 'words' ? refuteEnd(call, fact.at) : call;
  const heard = applyFact(proveAlive(known, fact), fact);
  // After a call has ended, only a new start changes it.
  return fact.kind === 'start' || !known.ended ? heard : known;
}

function applyFact(call: Call, fact: Fact): Call {
  switch (fact.kind) {
    case 'start':
      return startCall(call, fact);
    case 'words':
      return openTurn(foldWords(call, fact), fact);
    case 'key':
      return withKey(forgetAsked(call), fact);
    case 'began':
      return heardBegin(call, fact);
    case 'ended':
      return heardEnd(call, fact.at);
    case 'silence':
      return heardSilence(call, fact.at);
    case 'voice':
      return heardVoice(call, fact.at);
    case 'over':
      return { ...omit(call, 'entry'), ended: fact.at };
    default:
      return call;
  }
}

/**
 * Hears the words, unless they are a repeated delivery: that cuts nothing. Nor does it end what the
 * caller has been saying since their first sound cut a sentence.
 */
function foldWords(call: Call, fact: Extract<Fact, { kind: 'words' }>): Call {
  if (!firstOf(call, fact)) return heardWords(refuteTransfer(forgetAsked(call), fact.at), fact);
  return call.queue.some((one) => isCutBySound(call, one, fact.at))
    ? call
    : silentBy(call, fact.at);
}

/** Any event proves that the call is alive, and over which WebSocket. */
function proveAlive(call: Call, { at, socket }: Fact): Call {
  const newer = socket !== undefined && at >= (call.socket?.at ?? 0);
  const there = newer ? { ...call, socket: { id: socket, at } } : call;
  return omit(there, 'unreachable');
}

/** Somebody is there, so the count of questions begins anew. */
const forgetAsked = (call: Call): Call => omit(call, 'asked');

/** Adds a key to what is being entered, in the order in which keys were pressed. */
export function withKey(
  call: Call,
  { id, sealed, at }: { readonly id: string; readonly sealed: string; readonly at: number },
): Call {
  const { entry } = call;
  if (!entry) return call;
  const keys = [...entry.keys, [id, sealed, at] as const].toSorted((a, b) => a[2] - b[2]);
  return { ...call, entry: { ...entry, keys: keys.slice(0, MAX_KEYS) } };
}

const withoutSocket = (call: Call): Call => omit(omit(call, 'socket'), 'caller_speaks');

const withoutListing = (call: Call): Call => omit(call, 'listed');

/**
 * A caller who speaks hasn't hung up: that `session_end` was another call's, or an old one sent
 * again.
 */
function refuteEnd(call: Call, at: number): Call {
  if (call.ended === undefined || at <= call.ended + CROSSING_MS) return call;
  return omit(call, 'ended');
}

/** A caller who speaks to us wasn't handed over. */
function refuteTransfer(call: Call, at: number): Call {
  if (!call.transferred || at <= call.transferred.at + CROSSING_MS) return call;
  return omit(call, 'transferred');
}

function startCall(call: Call, fact: Extract<Fact, { kind: 'start' }>): Call {
  const { kind: _, id: by, at, socket: __, ...parties } = fact;
  const first = call.starts === 0;
  // Only after a transfer of ours with a timeout is it a new start. Otherwise it is the same one
  // again, or a late one.
  if ((!first || call.ended !== undefined) && !call.transferred?.timeout) return call;
  const rest = omit(omit(silentBy(call, at), 'transferred'), 'ended');
  return {
    ...rest,
    starts: call.starts + 1,
    reopened: !first,
    start: { by, at },
    ...parties,
    ...(first ? {} : { pending: [], jobs: [], queue: rest.queue.map(ended) }),
  };

  /** The transfer has cut it, if it hadn't ended by then. */
  function ended(one: Utterance): Utterance {
    const isOpen =
      one.length &&
      one.sent &&
      one.sent.at <= (call.transferred?.at ?? 0) &&
      (!one.end || one.end.how === 'early');
    if (!isOpen) return one;
    const end: End = { at: one.end?.at ?? at, how: 'full', ...(!one.end && { owed: true }) };
    return { ...one, end };
  }
}

/**
 * An answer went out though nobody knew whether it was written. Only what the call flow itself said
 * was in it: what left the queue with it wasn't sent, and waits again.
 */
function takeBack(call: Call, { by, at }: Extract<Fact, { kind: 'unsaid' }>): Call {
  const left = call.queue.filter(
    ({ key, sent, began }) => sent?.by === by && !began && !isAnswerTo(key, by),
  );
  const waiting = left.reduce(
    (before, { key }) => undoSend(before, key),
    notHandedOver(call, left),
  );
  const said = waiting.queue.find(({ key, sent, length }) => key === by && !sent && length);
  return said
    ? send(
        change(waiting, by, (one) => omit(one, 'behind')),
        by,
        by,
        at,
      )
    : waiting;
}

/** Without a job that was never started, and without its hold, which wasn't said. */
function withoutLost(call: Call, { by, lost }: Extract<Fact, { kind: 'unsaid' }>): Call {
  if (lost === undefined) return call;
  return { ...withoutAnswer(call, by), jobs: call.jobs.filter(({ key }) => key !== lost) };
}

function notHandedOver(call: Call, left: readonly Utterance[]): Call {
  const isIts = ({ ends, sent }: Utterance) =>
    ends === 'transfer' && sent?.at === call.transferred?.at;
  return left.some(isIts) ? omit(call, 'transferred') : call;
}
