import { expectedMs, spokenMs } from '../call/length.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, type EventOf, isKnown } from '../protocol/events.ts';
import { wordsOf } from '../protocol/ssml.ts';
import type { Note } from '../sessions/history.ts';
import { MAX_NOTE_CHARACTERS } from '../sessions/limits.ts';

/** What an event, taken `at` (ms since 1970), tells of what was said and heard. */
export function notesOf(event: AiFlowEvent, at: number): Note[] {
  if (!isKnown(event)) return [];
  switch (event.type) {
    case 'user_speak':
      return [
        {
          kind: 'caller',
          at,
          text: clipped(event.text.trim()),
          ...(event.barged_in && { barged_in: true }),
        },
      ];
    case 'assistant_speak':
      return [sentence(event, at)];
    case 'assistant_speech_ended':
    case 'session_end':
      return [{ kind: 'end', at }];
    default:
      return [];
  }
}

/** What an answer says, if it says anything. */
export function noteOfAnswer(actions: readonly ActionDraft[], at: number): Note[] {
  const said = actions.flatMap((action) => (action.type === 'speak' ? [wordsOf(action)] : []));
  const text = clipped(said.join(' '));
  return text ? [{ kind: 'answer', at, text }] : [];
}

/** Of a text that is clipped only what is left is timed. */
function sentence(event: EventOf<'assistant_speak'>, came: number): Note {
  const whole = wordsOf(event);
  const text = clipped(whole);
  const share = whole ? text.length / whole.length : 1;
  const started = event.speech_started_at ?? came;
  const at = Math.round(started <= came && started > came - LATEST_REPORT_MS ? started : came);
  const ms = lengthOf(event, whole);
  const { duration_ms } = event;
  const told = typeof duration_ms === 'number' && duration_ms !== ms && share === 1;
  return {
    kind: 'sentence',
    at,
    ends_at: Math.round(at + ms * share),
    text,
    ...(told && { told_ends_at: Math.round(at + duration_ms) }),
  };
}

/** Reports come late, but not that late: such a clock is wrong. */
const LATEST_REPORT_MS = 30_000;

function lengthOf({ duration_ms, ssml }: EventOf<'assistant_speak'>, words: string): number {
  const ms = spokenMs(words).usual;
  if (typeof duration_ms !== 'number') return ms;
  // What pauses or plays something takes as long as it says.
  return words && !ssml ? expectedMs({ ms, announced: duration_ms }) : duration_ms;
}

/** Not within a character. */
const clipped = (text: string) =>
  text.slice(0, MAX_NOTE_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
