import { durationOf, playbackOf, transfers } from '../interruption/speech.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown, partiesOf } from '../protocol/events.ts';
import type { Happening, Playback, Session, SessionChanges } from '../sessions/session.ts';
import type { Received } from './deadline.ts';

/** An event as the session sees it. */
export function happeningOf(event: AiFlowEvent, kind: Happening['kind'], { at, connection }: Received): Happening {
  const { id: session_id } = event.session;
  const speech = speechOf(event, at);
  return {
    session_id,
    kind,
    ...partiesOf(event),
    at,
    ...(speech && { speech }),
    ...(bargedIn(event) && { barged_in: true }),
    ...(connection && { connection }),
    ...(event.type === 'user_speech_started' && { caller_speaks: true }),
  };
}

export const bargedIn = (event: AiFlowEvent) =>
  isKnown(event) && (event.type === 'user_barge_in' || (event.type === 'user_speak' && event.barged_in === true));

function speechOf(event: AiFlowEvent, at: number): Happening['speech'] {
  if (!isKnown(event)) return undefined;
  if (event.type === 'assistant_speech_ended') return 'ended';
  if (event.type !== 'assistant_speak') return undefined;
  return { ends_at: at + durationOf(event), text: event.text ?? undefined };
}

/**
 * What an answer means for later interruptions. Ordinary speech reports itself (`assistant_speak`), so it costs a write
 * only for a voice that hasn't yet.
 */
export function effectsOf(
  actions: readonly ActionDraft[],
  { playback, turn }: Session,
  now: number,
): Pick<SessionChanges, 'speech' | 'guard' | 'transferred'> {
  const { speech, guard } = playbackOf(actions, now, playback);
  return {
    ...(speech && (guard || (turn > 0 && !reportsItself(playback))) && { speech }),
    ...(guard && { guard }),
    ...handingOver(actions),
  };
}

/** What nothing that waits for its end must cut, though its `assistant_speak` is still to come. */
export const holdOf = (actions: readonly ActionDraft[], { playback }: Session, now: number) => {
  const { speech } = playbackOf(actions, now, playback);
  return speech && { speech };
};

/** What `assistant_speak` reported counts from its beginning; an estimate only from its middle. */
const reportsItself = ({ speech }: Playback) => speech !== undefined && speech.after === speech.at;

/** A human is talking from now on. */
export const handingOver = (actions: readonly ActionDraft[]): Pick<SessionChanges, 'transferred'> =>
  transfers(actions) ? { transferred: true } : {};
