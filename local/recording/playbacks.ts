import { wordsOf } from '../../functions/protocol/ssml.ts';
import { speechDurationMs } from '../simulator/speech.ts';
import type { RecordingEntry } from './recording.ts';

interface Sound {
  text?: string;
  duration_ms: number;
}

/** From the end of a sentence to the words that have cut it. */
const WORDS_FOLLOW_MS = 3_000;

/**
 * The same entries, with what was heard between them. Only the simulator hears; of a real call
 * there are its events and actions, and from those it is concluded.
 */
export function withPlaybacks(entries: readonly RecordingEntry[]): RecordingEntry[] {
  if (entries.some(({ kind }) => kind.startsWith('playback_'))) return [...entries];
  const waiting: Sound[] = [];
  const heard: RecordingEntry[] = [];
  let playing: Sound | undefined;
  /** Ends that are still to be told, of sounds that were cut. */
  let owed = 0;

  entries.forEach((entry, n) => {
    const { at_ms } = entry;
    if (entry.kind === 'event') told(entry.event, at_ms, n);
    heard.push(entry);
    if (entry.kind === 'action') done(entry.action, at_ms);
  });
  return heard;

  function told(event: { type: string; [field: string]: unknown }, at_ms: number, n: number) {
    if (event.type === 'assistant_speech_ended') ended(at_ms, n);
    if (event.type === 'user_speak' && event.barged_in === true && playing) stop('caller', at_ms);
    if (event.type === 'session_end' && playing) stop('hangup', at_ms);
  }

  function done(action: { type: string; [field: string]: unknown }, at_ms: number) {
    if (action.type === 'barge_in') {
      waiting.length = 0;
      if (playing) stop('app', at_ms);
    }
    const sound = soundOf(action);
    if (!sound) return;
    waiting.push(sound);
    if (!playing) next(at_ms);
  }

  function ended(at_ms: number, n: number) {
    if (owed > 0) {
      owed--;
      return;
    }
    if (!playing) return;
    if (isCutByCaller(entries.slice(n + 1), at_ms)) {
      stop('caller', at_ms);
      owed--;
      return;
    }
    playing = undefined;
    heard.push({ at_ms, kind: 'playback_finished' });
    next(at_ms);
  }

  function stop(by: 'app' | 'caller' | 'hangup', at_ms: number) {
    heard.push({ at_ms, kind: 'playback_interrupted', by });
    playing = undefined;
    waiting.length = 0;
    owed++;
  }

  function next(at_ms: number) {
    playing = waiting.shift();
    if (playing) heard.push({ at_ms, kind: 'playback_started', ...playing });
  }
}

function isCutByCaller(later: readonly RecordingEntry[], at_ms: number): boolean {
  const next = later.find((entry) => entry.kind === 'event' && TELLS_WHY.has(entry.event.type)) as
    | Extract<RecordingEntry, { kind: 'event' }>
    | undefined;
  return next?.event.barged_in === true && next.at_ms - at_ms < WORDS_FOLLOW_MS;
}

const TELLS_WHY: ReadonlySet<string> = new Set(['user_speak', 'assistant_speech_ended']);

function soundOf(action: { type: string; [field: string]: unknown }): Sound | undefined {
  if (action.type === 'audio') {
    const { wav_ms } = action.audio as { wav_ms?: number };
    return { duration_ms: wav_ms ?? 0 };
  }
  if (action.type !== 'speak') return undefined;
  const { text: plain, ssml } = action as { text?: string; ssml?: string };
  const text = plain ?? wordsOf({ ssml });
  return { text, duration_ms: speechDurationMs(text, 1) };
}
