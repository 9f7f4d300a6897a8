import { playbackOf, transfers } from '../interruption/speech.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown } from '../protocol/events.ts';
import { type Happening, phoneDigits, type Session, type SessionChanges } from '../sessions/session.ts';

/** An event as the session sees it. `at`: when it was taken, ms since 1970. */
export function happeningOf(event: AiFlowEvent, kind: Happening['kind'], at: number): Happening {
  const { id: session_id, from_phone_number, to_phone_number } = event.session;
  const speech = speechOf(event, at);
  return {
    session_id,
    kind,
    caller: phoneDigits(from_phone_number),
    callee: phoneDigits(to_phone_number),
    at,
    ...(speech && { speech }),
  };
}

function speechOf(event: AiFlowEvent, at: number): Happening['speech'] {
  if (!isKnown(event)) return undefined;
  if (event.type === 'assistant_speech_ended') return 'ended';
  if (event.type !== 'assistant_speak') return undefined;
  return { ends_at: at + event.duration_ms, text: event.text ?? undefined };
}

/**
 * What an answer means for later interruptions. Ordinary speech reports itself (`assistant_speak`), so it costs a write
 * only for a voice that hasn't yet.
 */
export function effectsOf(
  actions: readonly ActionDraft[],
  { playback }: Session,
  now: number,
): Pick<SessionChanges, 'speech' | 'guard' | 'transferred'> {
  const { speech, guard } = playbackOf(actions, now);
  return {
    ...(speech && (guard || !playback.speech) && { speech }),
    ...(guard && { guard }),
    ...handingOver(actions),
  };
}

/** A human is talking from now on. */
export const handingOver = (actions: readonly ActionDraft[]): Pick<SessionChanges, 'transferred'> =>
  transfers(actions) ? { transferred: true } : {};
