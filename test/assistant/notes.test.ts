import { describe, expect, it } from 'vitest';
import { noteOfAnswer, notesOf } from '../../functions/assistant/notes.ts';
import { speak } from '../../functions/protocol/builders.ts';
import { EVENTS } from '../support/events.ts';

const NOW = 1_795_435_200_000;
const LONG = 'y'.repeat(4_000);

describe('what is noted of a long text', () => {
  it('is its first 1,000 characters, which take a quarter of what 4,000 do', () => {
    const said = { ...EVENTS.assistant_speak, text: LONG, duration_ms: 240_000 };
    expect(notesOf({ ...said, speech_started_at: NOW }, NOW)).toEqual([
      { kind: 'sentence', at: NOW, ends_at: NOW + 60_000, text: LONG.slice(0, 1_000) },
    ]);
  });

  it('is as much of all that an answer says', () => {
    const answer = [speak(LONG.slice(0, 600)), speak('z'.repeat(600))];
    const [note] = noteOfAnswer(answer, NOW);
    expect(note).toMatchObject({ text: expect.stringMatching(/^y{600} z{399}$/) });
  });
});

describe('a sentence began', () => {
  it.each([
    ['when its report says so', -2_000, -2_000],
    ['when the report came, if that says later', 5_000, 0],
    ['when the report came, if that is half a minute late', -30_000, 0],
  ])('%s', (_, told, at) => {
    const event = { ...EVENTS.assistant_speak, speech_started_at: NOW + told };
    expect(notesOf(event, NOW)).toMatchObject([{ at: NOW + at }]);
  });
});
