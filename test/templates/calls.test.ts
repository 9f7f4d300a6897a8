import { describe, expect, test } from 'vitest';
import { templateNamed } from '../../functions/templates/index.ts';
import { loadPlay, playNames } from '../../local/plays.ts';
import { playCall } from '../support/play-call.ts';

describe('every play of local/calls goes as written', () => {
  test.each(playNames())('%s', async (name) => {
    const { play, template, call } = await loadPlay(name);
    const { log } = await playCall(templateNamed(template), play, call);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

test.each(playNames().filter((name) => !/interrupt|triggers|llm-agent/.test(name)))(
  '%s, by a voice that is fast and tells nothing of itself',
  async (name) => {
    const { play, template, call } = await loadPlay(name);
    const heard = play.filter((step) => !('outcomes' in step));
    await playCall(templateNamed(template), heard, {
      ...call,
      speed: 1.6,
      weather: { ...call.weather, assistant_speak: 'never' },
    });
  },
);
