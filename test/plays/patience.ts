import type { GivenWeather } from '../../local/simulator/behaviour.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';

/**
 * What sipgate's own application lets a caller wait before it says something; every job of these
 * plays is quicker.
 */
const SILENCE_MS = 4_000;

/**
 * What a caller complains of who has waited too long for a sentence, or nothing. `turns`: events
 * that begin the wait.
 */
export function impatience(
  timeline: TimelineEntry[],
  weather: GivenWeather,
  turns: ReadonlySet<string> = TURNS,
): string | undefined {
  const { words_after_ms = 0, voice_starts_after_ms = 0, speech_ended_late_ms = 0 } = weather;
  const bearable = SILENCE_MS + words_after_ms + voice_starts_after_ms + speech_ended_late_ms;
  let since = 0;
  for (const entry of timeline) {
    if (entry.kind === 'playback_started' && entry.at_ms - since > bearable) {
      return `the caller waits ${entry.at_ms - since} ms for ${'text' in entry ? entry.text : 'a clip'}`;
    }
    if (entry.kind.startsWith('playback_')) since = entry.at_ms;
    if (entry.kind === 'event' && turns.has(entry.event.type)) {
      since = Math.max(since, entry.at_ms - (entry.took_ms ?? 0));
    }
  }
  return undefined;
}

/** Until a call comes back another telephone has rung. */
const TURNS = new Set(['session_start', 'user_speak', 'dtmf_received']);
/** Who says nothing on purpose waits to be asked. */
export const SILENT_TURNS = new Set([...TURNS, 'user_input_timeout']);
