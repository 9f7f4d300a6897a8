import { expect, it } from 'vitest';
import { piecesOf } from '../../local/console/drawing.ts';
import { createPicture, heardIn, partsOf } from '../../local/console/picture.ts';
import { dueIn } from '../../local/console/story-steps.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';

const session = { id: 's' };
const says = (at_ms: number, text: string, duration_ms = text.length * 100): TimelineEntry[] => [
  { at_ms, kind: 'action', action: { type: 'speak', session_id: 's', text }, source: 'webhook' },
  { at_ms, kind: 'playback_started', text, duration_ms },
];
const bargeIn = (at_ms: number): TimelineEntry => ({
  at_ms,
  kind: 'action',
  action: { type: 'barge_in', session_id: 's' },
  source: 'external-api',
});
const cut = (at_ms: number, played_ms: number, heard: string): TimelineEntry => ({
  at_ms,
  kind: 'playback_interrupted',
  by: 'app',
  heard,
  played_ms,
});
const asked = (at_ms: number, text: string, took_ms = 50): TimelineEntry => ({
  at_ms,
  kind: 'event',
  event: { type: 'user_speak', session, text },
  status: 200,
  took_ms,
});

function drawn(...entries: TimelineEntry[]) {
  const picture = createPicture();
  for (const entry of entries) picture.add(entry);
  return picture;
}

const CUT = [
  ...says(1_000, 'It is packed', 1_200),
  bargeIn(1_600),
  cut(1_600, 600, 'It is'),
  ...says(1_600, 'Good news', 900),
];

it('has what was heard and what was cut off as long as they sound, and the replacement below', () => {
  const [packed, news] = drawn(...CUT).bars;
  expect(packed).toMatchObject({ row: 0, from_ms: 1_000, until_ms: 2_200, ended: true });
  expect(packed && partsOf(packed, 9_999)).toEqual({ heard_ms: 600, coming_ms: 0, lost_ms: 600 });
  expect(news).toMatchObject({ row: 1, from_ms: 1_600, instead: true });
  expect(news && partsOf(news, 2_000)).toEqual({ heard_ms: 400, coming_ms: 500, lost_ms: 0 });
});

it('says into silence nothing instead of another', () => {
  const finished: TimelineEntry = { at_ms: 2_200, kind: 'playback_finished' };
  const picture = drawn(
    ...says(1_000, 'It is packed', 1_200),
    finished,
    bargeIn(3_000),
    ...says(3_000, 'News'),
  );
  expect(picture.bars.at(-1)).not.toHaveProperty('instead');
});

it('lets the words of a caller end when they were told, one thing after the other', () => {
  const picture = drawn(asked(2_050, 'A'.repeat(15)), asked(2_350, 'B'.repeat(15)));
  expect(picture.bars).toMatchObject([
    { lane: 'caller', from_ms: 1_000, until_ms: 2_000 },
    { lane: 'caller', from_ms: 2_000, until_ms: 2_300 },
  ]);
  expect(picture.answers).toMatchObject([{ at_ms: 2_000, took_ms: 50, ok: true }, {}]);
});

it('gives a clip the action that asked for it, and forgets what was never heard', () => {
  const clip = { type: 'audio' as const, session_id: 's', audio: 'UklGRg==' };
  const picture = drawn(
    ...says(0, 'First', 500),
    { at_ms: 0, kind: 'action', action: { ...clip, audio: 'old' }, source: 'webhook' },
    bargeIn(100),
    cut(100, 100, ''),
    { at_ms: 100, kind: 'action', action: clip, source: 'webhook' },
    { at_ms: 100, kind: 'playback_started', audio: true, duration_ms: 300 },
  );
  expect(picture.bars.at(-1)).toMatchObject({ clip: true, action: clip });
});

it('knows when words will have been heard', () => {
  const picture = drawn(...says(1_000, 'It is packed', 1_200));
  expect(heardIn(picture, 'It is', 1_000)).toBe(500);
  expect(heardIn(picture, 'It is', 5_000)).toBe(0);
  expect(heardIn(picture, 'never said', 1_000)).toBeUndefined();
});

it('lets nobody who cuts nothing begin before the assistant has ended', () => {
  const words = asked(2_050, 'I would like to know where it is');
  const ended: TimelineEntry = { at_ms: 1_700, kind: 'playback_finished' };
  const { bars } = drawn(...says(0, 'Hello! What is it?', 1_700), ended, words);
  expect(bars[1]).toMatchObject({ lane: 'caller', from_ms: 1_700, until_ms: 2_000 });
});

it('lets a caller speak when the assistant has, and is silent', () => {
  const picture = drawn(...says(1_000, 'Hello', 500));
  expect(dueIn({ say: 'Hi' }, picture, 1_200)).toBeUndefined();
  picture.add({ at_ms: 1_500, kind: 'playback_finished' });
  expect(dueIn({ say: 'Hi' }, picture, 1_500)).toBe(700);
  expect(dueIn({ say: 'Hi' }, picture, 9_000)).toBe(0);
  picture.add(asked(9_050, 'Hi'));
  expect(dueIn({ say: 'Hi' }, picture, 9_100)).toBeUndefined();
});

it('draws a cut of an hour’s call with no more pieces than the window has room for', () => {
  const entries: TimelineEntry[] = [];
  for (let n = 0; n < 1_800; n++) {
    entries.push(...says(n * 2_000, `Sentence ${n}`, 1_500));
    entries.push({ at_ms: n * 2_000 + 1_500, kind: 'playback_finished' });
    entries.push(asked(n * 2_000 + 1_900, 'Yes'));
  }
  const picture = drawn(...entries);
  for (const px_per_s of [0.3, 3, 64]) {
    const pieces = piecesOf(picture, [], { from_ms: 60_000, px_per_s, width: 900 }, 3_600_000);
    expect(pieces.length).toBeGreaterThan(20);
    expect(pieces.length).toBeLessThan(1_500);
  }
});
