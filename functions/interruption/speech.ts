import { createHash } from 'node:crypto';
import type { ActionDraft } from '../protocol/actions.ts';
import type { EventOf } from '../protocol/events.ts';
import { wordsOf } from '../protocol/ssml.ts';
import { wavDurationMs } from '../protocol/wav.ts';
import { isSpeaking } from '../sessions/playback.ts';
import type { Guard, Playback, Push, Sentence, Speech } from '../sessions/session.ts';

/** An ordinary speaking rate; only good for telling a sentence's first half from its second. */
const CHARACTERS_PER_SECOND = 15;
/** A slow voice, and what it takes to start: an estimate that must not end before the speech does. */
const SLOWEST = 1.5;
const START_MS = 3_000;

type Spoken = Extract<ActionDraft, { type: 'speak' | 'audio' }>;

const isSpoken = (action: ActionDraft): action is Spoken => action.type === 'speak' || action.type === 'audio';

/** How long something plays, in ms: estimated for speech, exact for a clip. */
function estimatedMs(said: Spoken): number {
  if (said.type === 'audio') return wavDurationMs(said.audio);
  return (wordsOf(said).length / CHARACTERS_PER_SECOND) * 1000;
}

/** What saying these actions from `now` on means for the next interruption, after what the caller hears `before`. */
export function playbackOf(
  actions: readonly ActionDraft[],
  now: number,
  before: Playback = {},
): { speech?: Speech; guard?: Guard } {
  const spoken = actions.filter(isSpoken);
  const [first] = spoken;
  if (!first) return {};
  const cuts = actions.some(({ type }) => type === 'barge_in');
  const from = before.speech && !cuts && isSpeaking(before, now) ? before.speech.until : now;
  const guard = protection(spoken, now, from);
  const speech = { at: now, after: from + estimatedMs(first) / 2, until: overBy(from, spoken) };
  return { speech, ...(guard && { guard }) };
}

/** From the first sentence that is protected to the last. */
function protection(spoken: readonly Spoken[], now: number, from: number): Guard | undefined {
  const isProtected = ({ barge_in }: Spoken) => barge_in?.strategy === 'none';
  const last = spoken.findLast(isProtected);
  if (!last) return undefined;
  const before = totalMs(spoken.slice(0, spoken.findIndex(isProtected)));
  const beforeLast = totalMs(spoken.slice(0, spoken.lastIndexOf(last)));
  return {
    kind: 'protected',
    at: now + before / 2,
    after: from + beforeLast * SLOWEST + estimatedMs(last) / 2,
    until: overBy(from, spoken.slice(0, spoken.lastIndexOf(last) + 1)),
  };
}

const totalMs = (spoken: readonly Spoken[]) => spoken.reduce((sum, said) => sum + estimatedMs(said), 0);

const overBy = (from: number, spoken: readonly Spoken[]) => from + totalMs(spoken) * SLOWEST + START_MS;

/** What pushing an interruption changes in its session. */
export function pushOf(actions: readonly ActionDraft[], followed: boolean, urgent: boolean, now: number): Push {
  const { speech, guard } = playbackOf(actions, now);
  const ranked = guard ?? (urgent && speech ? { kind: 'urgent' as const, ...speech } : undefined);
  return {
    ...(speech && { replacement: { speech, follow_up: followed, ...(ranked && { guard: ranked }) } }),
    ...(transfers(actions) && { transfers: true }),
  };
}

/** Whether a human takes over. */
export const transfers = (actions: readonly ActionDraft[]) => actions.some(({ type }) => type === 'transfer');

/** What comes after a `transfer` or `hangup` would never be heard. */
export const endsCall = (actions: readonly ActionDraft[]) =>
  actions.some(({ type }) => type === 'transfer' || type === 'hangup');

/** What can be said at once, and what would cut it: from the first sentence on that something else ends. */
export function untilCut(actions: readonly ActionDraft[]): [now: readonly ActionDraft[], rest: readonly ActionDraft[]] {
  const first = actions.findIndex(isSpoken);
  if (first < 0 || !endsCall(actions.slice(first))) return [actions, []];
  return [actions.slice(0, first + 1), actions.slice(first + 1)];
}

export const isSaid = (actions: readonly ActionDraft[]) => actions.some(isSpoken);

/** Of a sentence whose `assistant_speak` doesn't tell, an estimate; ms. */
export const durationOf = ({ duration_ms, ...said }: EventOf<'assistant_speak'>) =>
  duration_ms ?? (wordsOf(said).length / CHARACTERS_PER_SECOND) * 1000;

/** Recognises a replacement in its `assistant_speak` without keeping what is said. */
export function fingerprint({ text, ssml }: { text?: string | null | undefined; ssml?: string | null | undefined }) {
  const words = (text ?? ssml)?.replace(/\s+/g, ' ').trim();
  return words ? createHash('sha256').update(words).digest('base64url').slice(0, 16) : undefined;
}

/** The sentence that is being said at `now`, and what follows it; nothing when all has been said, or in SSML. */
export function restOf({ text = '', at, ends_at }: Sentence, now: number): string | undefined {
  if (now >= ends_at) return undefined;
  const said = Math.floor(text.length * Math.max(0, (now - at) / (ends_at - at)));
  const begins = [...text.matchAll(/[.!?…]["'”»)]*\s+/g)].map(({ index, 0: end }) => index + end.length);
  return text.slice(begins.findLast((begin) => begin <= said) ?? 0).trim() || undefined;
}
