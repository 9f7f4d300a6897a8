import type { ActionOf, BargeInConfig, KnownEvent } from '../../functions/protocol/index.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import {
  ASSISTANT_SPEAK_FOR_AUDIO,
  BARGE_IN_CLEARS_QUEUE,
  CALLER_BARGE_IN_CLEARS_QUEUE,
  TIMEOUT_AFTER_CUT_SPEECH,
  type Weather,
} from './behaviour.ts';
import { callerCuts, callerVoiceCuts } from './caller-barge-in.ts';
import type { Outbox } from './outbox.ts';
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
  weather: Pick<
    Weather,
    | 'assistant_speak'
    | 'assistant_speak_late_ms'
    | 'duration_factor'
    | 'speech_ended_late_ms'
    | 'voice_starts_after_ms'
    | 'timeouts_run_on'
  >;
  send: Outbox['send'];
}

export interface Voice {
  say(speech: Speech): void;
  play(clip: ActionOf<'audio'>): void;
  bargeIn(): void;
  /** The caller begins to speak; whether that cut off what was playing. */
  callerBegins(): boolean;
  /** The caller has said something; whether that cut off what was playing. */
  callerSaid(text: string): boolean;
  /** No `user_input_timeout` any more. */
  stopWaiting(): void;
  stop(by: InterruptedBy): void;
  whenSilent(callback: () => void): void;
}

/** What the caller hears of the assistant, and the events that tell of it. */
export function createVoice({ clock, timeline, speed, session, weather, send }: VoiceParts): Voice {
  const { assistant_speak_late_ms, duration_factor, speech_ended_late_ms, voice_starts_after_ms } =
    weather;
  const inputTimeout = createTimer(clock);
  const playback = createPlayback({ clock, started, ended });
  let reportStart = () => {};

  function started({ said, written, duration_ms }: PlaybackItem) {
    if (!weather.timeouts_run_on) inputTimeout.stop();
    const content = said === undefined ? { audio: true as const } : { text: said };
    timeline.add({ kind: 'playback_started', ...content, duration_ms });
    if (said === undefined && !ASSISTANT_SPEAK_FOR_AUDIO) return;
    if (weather.assistant_speak === 'never') return;
    const reported = {
      duration_ms: Math.round(duration_ms * duration_factor),
      speech_started_at: clock.now(),
    };
    reportStart = send(
      { type: 'assistant_speak', session, ...written, ...reported },
      assistant_speak_late_ms,
    );
  }

  function ended(item: PlaybackItem, cut?: Cut) {
    timeline.add(cut ? interrupted(item, cut) : { kind: 'playback_finished' });
    reportStart();
    send({ type: 'assistant_speech_ended', session }, speech_ended_late_ms);
    const seconds = item.user_input_timeout_seconds;
    if (seconds === undefined || (cut && !TIMEOUT_AFTER_CUT_SPEECH)) return;
    const timeout_ms = speech_ended_late_ms + seconds * 1000;
    inputTimeout.start(timeout_ms, () => void send({ type: 'user_input_timeout', session }));
  }

  function callerCutsIf(cuts: (barge_in: BargeInConfig, played_ms: number) => boolean): boolean {
    const playing = playback.current();
    const cut = playing !== undefined && cuts(playing.item.barge_in, playing.played_ms);
    if (cut) playback.cut('caller', CALLER_BARGE_IN_CLEARS_QUEUE);
    inputTimeout.stop();
    return cut;
  }

  return {
    say: (speech) =>
      playback.add(speechItem(speech, { speed, starts_after_ms: voice_starts_after_ms })),
    play: (clip) => playback.add(clipItem(clip, speed)),
    bargeIn: () => playback.cut('app', BARGE_IN_CLEARS_QUEUE),
    callerBegins: () => callerCutsIf(callerVoiceCuts),
    callerSaid: (text) =>
      callerCutsIf((barge_in, played_ms) => callerCuts(barge_in, text, played_ms)),
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
