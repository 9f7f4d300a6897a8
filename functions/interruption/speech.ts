import { createHash } from 'node:crypto';
import type { ActionDraft } from '../protocol/actions.ts';
import { wavDurationMs } from '../protocol/wav.ts';
import type { Guard, Push, Sentence, Speech } from '../sessions/session.ts';

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
  const words = said.text ?? said.ssml?.replace(/<[^>]*>/g, '') ?? '';
  return (words.length / CHARACTERS_PER_SECOND) * 1000;
}

/** What saying these actions from `now` on means for the next interruption. */
export function playbackOf(actions: readonly ActionDraft[], now: number): { speech?: Speech; guard?: Guard } {
  const spoken = actions.filter(isSpoken);
  const [first] = spoken;
  if (!first) return {};
  const total = spoken.reduce((sum, said) => sum + estimatedMs(said), 0);
  const until = now + total * SLOWEST + START_MS;
  const speech = { at: now, after: now + estimatedMs(first) / 2, until };
  const protectedAt = spoken.findIndex(({ barge_in }) => barge_in?.strategy === 'none');
  if (protectedAt < 0) return { speech };
  const before = spoken.slice(0, protectedAt).reduce((sum, said) => sum + estimatedMs(said), 0);
  return { speech, guard: { kind: 'protected', at: now + before / 2, until } };
}

/** What pushing an interruption changes in its session. */
export function pushOf(actions: readonly ActionDraft[], followed: boolean, urgent: boolean, now: number): Push {
  const { speech, guard } = playbackOf(actions, now);
  const ranked = guard ?? (urgent && speech ? { kind: 'urgent' as const, at: now, until: speech.until } : undefined);
  return {
    ...(speech && { replacement: { speech, follow_up: followed, ...(ranked && { guard: ranked }) } }),
    ...(transfers(actions) && { transfers: true }),
  };
}

/** Whether a human takes over. */
export const transfers = (actions: readonly ActionDraft[]) => actions.some(({ type }) => type === 'transfer');

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
