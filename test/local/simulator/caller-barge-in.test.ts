import { describe, expect, test } from 'vitest';
import { callerCuts } from '../../../local/simulator/caller-barge-in.ts';
import { phone } from './support/phone.ts';

const TEXT = 'Your parcel will be with you in the afternoon.';

test.each([
  [{}, 'Stop', 0, true],
  [{}, 'Yes', 0, false],
  [{ minimum_characters: 10 }, 'Please wait', 0, true],
  [{ minimum_characters: 10 }, 'Wait a bit', 0, false],
  [{ allow_after_ms: 500 }, 'Stop', 499, false],
  [{ allow_after_ms: 500 }, 'Stop', 500, true],
  [{ strategy: 'immediate' }, 'A', 0, true],
  [{ strategy: 'immediate', allow_after_ms: 500 }, 'A', 499, false],
  [{ strategy: 'none' }, 'Stop it now', 9000, false],
  [{ strategy: 'manual' }, 'Stop it now', 9000, false],
] as const)(
  'barge_in %j, the caller says "%s" after %i ms: %s',
  (config, text, played_ms, cuts) => {
    expect(callerCuts(config, text, played_ms)).toBe(cuts);
  },
);

describe('the caller speaks while something plays', () => {
  const speaking = (barge_in?: object) =>
    phone({
      session_start: () => [
        { type: 'speak', text: TEXT, ...(barge_in && { barge_in }) },
        { type: 'speak', text: 'queued' },
      ],
    });

  test('and cuts it: the end first, then what was said', async () => {
    const { clock, call, story, events, timeline } = speaking();
    await clock.advance(1000);
    call.says('Wait!');
    await clock.advance(9000);
    expect(timeline('playback_interrupted')).toMatchObject([
      { by: 'caller', heard: 'Your parcel', played_ms: 1000 },
    ]);
    expect(story().slice(-3)).toEqual([
      'playback_interrupted',
      'assistant_speech_ended',
      'user_speak',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'user_speak', text: 'Wait!', barged_in: true });
  });

  test('and is heard, but cuts nothing', async () => {
    const { clock, call, events, timeline } = speaking({ strategy: 'none' });
    await clock.advance(1000);
    call.says('Wait!');
    await clock.advance(0);
    expect(timeline('playback_interrupted')).toEqual([]);
    expect(events.at(-1)).not.toHaveProperty('barged_in');
    await clock.advance(9000);
    expect(timeline('playback_finished')).toHaveLength(2);
  });

  test('a key cuts nothing', async () => {
    const { clock, call, types, timeline } = speaking({ strategy: 'immediate' });
    await clock.advance(1000);
    call.presses('5');
    await clock.advance(0);
    expect(types().at(-1)).toBe('dtmf_received');
    expect(timeline('playback_interrupted')).toEqual([]);
  });
});
