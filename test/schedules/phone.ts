import type { Action } from '../../functions/protocol/actions.ts';
import type { AiFlowEvent } from '../../functions/protocol/events.ts';
import { createPlayback } from '../../local/simulator/playback.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import type { Batch, History } from './history.ts';
import type { Random } from './random.ts';

interface Parts {
  readonly session_id: string;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly history: History;
  readonly emit: (event: AiFlowEvent) => void;
}

/** What the caller really hears, whatever the functions believe. */
export type Phone = ReturnType<typeof createPhone>;

export function createPhone({ session_id, clock, random, history, emit }: Parts) {
  let over = false;
  /** Whose `barge_in` is being carried out. */
  let cutBy: Batch | undefined;
  const session = { id: session_id };
  const playback = createPlayback({
    clock,
    started({ written: { text = '' }, duration_ms, barge_in }) {
      const at = clock.now();
      history.add({ what: 'plays', text, at, guarded: barge_in.strategy === 'none' });
      // The documents leave open whether it always comes.
      if (random.chance(0.1)) return;
      emit({ type: 'assistant_speak', session, text, duration_ms, speech_started_at: at });
    },
    ended({ written: { text = '' } }) {
      history.add({ what: 'stopped', text, at: clock.now(), ...(cutBy && { cut: cutBy }) });
      if (!over) emit({ type: 'assistant_speech_ended', session });
    },
  });

  return { start, speak, hangUp, receive };

  function start() {
    over = false;
    emit({ type: 'session_start', session: { ...session, from_phone_number: '+4917639123456' } });
  }

  /** The caller says something, and is not talked over unless it must be. */
  function speak(text: string) {
    if (over) return;
    if (playback.current()?.item.barge_in.strategy !== 'none') playback.cut('caller', true);
    emit({ type: 'user_speak', session, text });
  }

  function hangUp() {
    if (over) return;
    over = true;
    playback.cut('hangup', true);
    emit({ type: 'session_end', session });
  }

  /** Does as it is told; `false` when the call is over. */
  function receive(actions: readonly Action[], batch: Batch): boolean {
    for (const action of actions) {
      if (over) return false;
      act(action, batch);
    }
    return !over;
  }

  function act(action: Action, batch: Batch) {
    switch (action.type) {
      case 'barge_in':
        cutBy = batch;
        playback.cut('app', true);
        cutBy = undefined;
        break;
      case 'hangup':
        return hangUp();
      case 'transfer':
        return transfer();
      case 'speak':
        return say(action.text ?? '', action.barge_in);
    }
  }

  function say(text: string, barge_in = {}) {
    // Between a quick and a slow voice; the functions reckon with 15 characters a second.
    const duration_ms = Math.round((text.length / 15) * 1000 * (0.7 + random.int(8) / 10));
    playback.add({ written: { text }, duration_ms, barge_in });
  }

  function transfer() {
    playback.cut('app', true);
    if (random.chance(0.5)) hangUp();
    else start();
  }
}
