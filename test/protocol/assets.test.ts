import { describe, expect, it } from 'vitest';
import { InvalidAction, parseAction } from '../../functions/protocol/actions.ts';
import { audio, mixAudio } from '../../functions/protocol/builders.ts';

const HOLD = { asset: 'hold-music' };

describe('a clip by name', () => {
  it('is built like one in Base64', () => {
    const barge_in = { strategy: 'none' } as const;
    expect(audio(HOLD, { barge_in })).toEqual({ type: 'audio', audio: HOLD, barge_in });
    expect(mixAudio({ audio: HOLD, volume: 0.2 })).toEqual({
      type: 'mix_audio',
      audio: HOLD,
      volume: 0.2,
    });
  });

  it.each<[string, () => unknown, string]>([
    ['a name in capitals', () => audio({ asset: 'Hold' }), 'audio.asset'],
    ['a path', () => audio({ asset: 'music/hold' }), 'audio.asset'],
    ['a name that is too long', () => audio({ asset: 'x'.repeat(65) }), 'audio.asset'],
    [
      'an option that is wrong',
      () => audio(HOLD, { barge_in: { minimum_characters: 0 } }),
      'barge_in.minimum_characters',
    ],
    ['a loop that is too loud', () => mixAudio({ audio: HOLD, volume: 2 }), 'volume'],
    ['a loop that is also stopped', () => mixAudio({ audio: HOLD, stop: true } as never), 'stop'],
  ])('is refused with %s', (_name, build, field) => {
    expect(build).toThrow(InvalidAction);
    expect(build).toThrow(expect.objectContaining({ field }));
  });

  it('does not go over the wire', () => {
    expect(() => parseAction({ type: 'audio', audio: HOLD, session_id: 's' })).toThrow(
      'audio must be a string',
    );
  });
});
