import { createHash } from 'node:crypto';
import type { ActionDraft } from '../protocol/actions.ts';
import { wavDurationMs } from '../protocol/wav.ts';

/** An ordinary speaking rate; only good for telling a sentence's first half from its second. */
const CHARACTERS_PER_SECOND = 15;

/** How long a replacement plays, in ms: estimated for speech, exact for a clip. */
export function estimatedMs(said: ActionDraft | undefined): number {
  if (said?.type === 'audio') return wavDurationMs(said.audio);
  if (said?.type !== 'speak') return 0;
  const words = said.text ?? said.ssml?.replace(/<[^>]*>/g, '') ?? '';
  return (words.length / CHARACTERS_PER_SECOND) * 1000;
}

/** Recognises a replacement in its `assistant_speak` without keeping what is said. */
export function fingerprint({
  text,
  ssml,
}: {
  text?: string | null | undefined;
  ssml?: string | null | undefined;
}): string | undefined {
  const words = (text ?? ssml)?.replace(/\s+/g, ' ').trim();
  return words ? createHash('sha256').update(words).digest('base64url').slice(0, 16) : undefined;
}
