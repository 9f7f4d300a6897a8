import type { ActionOf, KnownEvent } from '../../functions/protocol/index.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import {
  ASSISTANT_SPEAK_FOR_AUDIO,
  BARGE_IN_CLEARS_QUEUE,
  CALLER_BARGE_IN_CLEARS_QUEUE,
  TIMEOUT_AFTER_CUT_SPEECH,
} from './behaviour.ts';
import { callerCuts } from './caller-barge-in.ts';
import { type Cut, createPlayback } from './playback.ts';
import { clipItem, type PlaybackItem, type Speech, speechItem } from './playback-item.ts';
import { heardPrefix } from './speech.ts';
import type { Happening, InterruptedBy, Timeline } from './timeline.ts';
import { createTimer } from './timer.ts';

export interface VoiceParts {
  clock: Clock;
  timeline: Timeline;
  /** Divides the duration of everything that is played. */
  speed: number;
  session: KnownEvent['session'];
  send(event: KnownEvent): void;
}

export interface Voice {
  say(speech: Speech): void;
  play(clip: ActionOf<'audio'>): void;
  bargeIn(): void;
  /** The caller says something; whether that cut off what was playing. */
  callerSpoke(text: string): boolean;
  /** The caller did something: no `user_input_timeout` any more. */
  stopWaiting(): void;
  stop(by: InterruptedBy): void;
  whenSilent(callback: () => void): void;
}

/** What the caller hears of the assistant, and the events that tell of it. */
export function createVoice({ clock, timeline, speed, session, send }: VoiceParts): Voice {
  const inputTimeout = createTimer(clock);
  const playback = createPlayback({ clock, started, ended });

  function started({ said, written, duration_ms }: PlaybackItem) {
    inputTimeout.stop();
    const content = said === undefined ? { audio: true as const } : { text: said };
    timeline.add({ kind: 'playback_started', ...content, duration_ms });
    if (said === undefined && !ASSISTANT_SPEAK_FOR_AUDIO) return;
    send({ type: 'assistant_speak', session, ...written, duration_ms, speech_started_at: clock.now() });
  }

  function ended(item: PlaybackItem, cut?: Cut) {
    timeline.add(cut ? interrupted(item, cut) : { kind: 'playback_finished' });
    if (cut?.by === 'hangup') return;
    send({ type: 'assistant_speech_ended', session });
    const seconds = item.user_input_timeout_seconds;
    if (seconds === undefined || (cut && !TIMEOUT_AFTER_CUT_SPEECH)) return;
    inputTimeout.start(seconds * 1000, () => send({ type: 'user_input_timeout', session }));
  }

  return {
    say: (speech) => playback.add(speechItem(speech, speed)),
    play: (clip) => playback.add(clipItem(clip, speed)),
    bargeIn: () => playback.cut('app', BARGE_IN_CLEARS_QUEUE),
    callerSpoke(text) {
      const playing = playback.current();
      const cuts = playing !== undefined && callerCuts(playing.item.barge_in, text, playing.played_ms);
      if (cuts) playback.cut('caller', CALLER_BARGE_IN_CLEARS_QUEUE);
      inputTimeout.stop();
      return cuts;
    },
    stopWaiting: inputTimeout.stop,
    stop(by) {
      playback.cut(by, true);
      inputTimeout.stop();
    },
    whenSilent: playback.whenSilent,
  };
}

function interrupted({ said = '', duration_ms }: PlaybackItem, { by, played_ms }: Cut): Happening {
  // A sentence without length can be cut only before its timer fires: nothing of it was heard.
  const share = duration_ms === 0 ? 0 : played_ms / duration_ms;
  return { kind: 'playback_interrupted', by, heard: heardPrefix(said, share), played_ms };
}
