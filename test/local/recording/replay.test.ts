import { describe, expect, test } from 'vitest';
import { defineTemplate } from '../../../functions/assistant/template.ts';
import { hangup } from '../../../functions/protocol/builders.ts';
import { templateNamed } from '../../../functions/templates/index.ts';
import { assistantSays, callerHangsUp, callerInterrupts, callerSays } from '../../../local/play.ts';
import { loadPlay, playNames } from '../../../local/plays.ts';
import { playOf, replayOf } from '../../../local/recording/recorded-play.ts';
import {
  type Recording,
  type RecordingEntry,
  readRecording,
} from '../../../local/recording/recording.ts';
import { weatherNamed } from '../../../local/weathers.ts';
import { playCall } from '../../support/play-call.ts';

/** As a file holds it. */
const stored = (recording: Recording) => readRecording(JSON.stringify(recording));

/** What the deployed functions know of a call: they hear nothing of it. */
const deployed = ({ entries, ...rest }: Recording): Recording => ({
  ...rest,
  call: {},
  entries: entries.filter(({ kind }) => !kind.startsWith('playback_')),
});

const WEATHERS = ['calm', 'no-reports', 'late-words', 'twice', 'parallel'];

/**
 * In what AWS sends in `triggers`, the stage in memory sees no interruption that it could record.
 */
const PLAYS = playNames().filter((name) => name !== 'triggers');

describe('a recorded call is played again', () => {
  test.each(PLAYS.flatMap((name) => WEATHERS.map((weather) => [name, weather] as const)))(
    '%s in the weather %s',
    async (name, weather) => {
      const { play, template, call } = await loadPlay(name);
      const spoken = play.filter((step) => !('outcomes' in step));
      const options = { ...call, weather: weatherNamed(weather) };
      const first = await playCall(templateNamed(template), spoken, options).catch(() => undefined);
      // What the weather makes of a play is told by `test/plays`.
      if (!first) return expect(weather).not.toBe('calm');
      const again = playOf(stored(first.recording()));
      await playCall(templateNamed(template), again.play, again.call);
    },
  );

  test.each(['conversation', 'announcement', 'starter', 'order-status-in-german'])(
    '%s, of which only events and actions are known',
    async (name) => {
      const { play, template, call } = await loadPlay(name);
      const spoken = play.filter((step) => !('outcomes' in step));
      const first = await playCall(templateNamed(template), spoken, call);
      const again = playOf(stored(deployed(first.recording())));
      await playCall(templateNamed(template), again.play, { ...call, ...again.call });
    },
  );
});

const shop = (price: string) =>
  defineTemplate({
    fallback: 'Pardon?',
    onSessionStart: () => 'Hello, this is the shop. How may I help you today?',
    onUserSpeak: ({ text }) =>
      /bye/.test(text) ? ['Goodbye!', hangup()] : `It is ${price}, and it is in stock.`,
  });

test('a flow that changes its mind fails, with the line that differs', async () => {
  const script = [
    assistantSays('Hello'),
    callerInterrupts('My number is 0176 39123456, how much is it?', { after: 'this is' }),
    assistantSays('It is 3 euros'),
    callerSays('bye'),
    assistantSays('Goodbye!'),
  ].flatMap((step) => (step.line.includes('It is 3') ? [cutByCaller, step] : [step]));
  const first = await playCall(shop('3 euros'), [...script, hangsUp]);
  const recording = stored(first.recording());
  expect(JSON.stringify(recording)).not.toContain('39123456');
  const { play, call } = playOf(recording);
  await playCall(shop('3 euros'), play, call);
  await expect(playCall(shop('4 euros'), play, call)).rejects.toThrow(
    /- assistant says "It is 3 euros, and it is in stock\."\n\+ assistant says "It is 4 euros/,
  );
});

const cutByCaller = {
  line: 'assistant is cut by the caller',
  matches: (entry: { kind: string }) => entry.kind === 'playback_interrupted',
};
const hangsUp = {
  line: 'assistant hangs up',
  matches: (entry: { kind: string }) => entry.kind === 'action',
};

test('a caller who hangs up in the middle of a sentence does so again', async () => {
  const hangsUpEarly = { ...callerHangsUp(), after: 'Hello' };
  const cut = { ...cutByCaller, line: 'assistant is cut by the hangup' };
  const first = await playCall(shop('3 euros'), [assistantSays('Hello'), hangsUpEarly, cut]);
  const { play, call } = playOf(stored(first.recording()));
  expect(play.map(({ line }) => line)).toEqual([
    'assistant says "Hello, this is the shop. How may I help you today?"',
    'caller hangs up after "Hello,"',
    'assistant is cut by the hangup',
  ]);
  await playCall(shop('3 euros'), play, call);
});

test('a call that went on is played as far as it was recorded', async () => {
  const script = [assistantSays('Hello'), callerSays('How much is it?'), assistantSays('It is 3')];
  const first = await playCall(shop('3 euros'), [...script, callerHangsUp()]);
  const recording = stored(first.recording());
  const entries = recording.entries.filter(({ at_ms }) => at_ms < endOf(recording));
  const { play, call } = replayOf({ ...recording, entries });
  expect(play.at(-1)?.line).toBe('caller hangs up');
  await playCall(shop('3 euros'), play, call);
  await expect(playCall(shop('4 euros'), play, call)).rejects.toThrow('+ assistant says "It is 4');
});

const endOf = ({ entries }: Recording) =>
  entries.find((entry) => entry.kind === 'event' && entry.event.type === 'session_end')?.at_ms ?? 0;

test('what somebody has posted by hand is posted again, clips as silence of their length', () => {
  const entries: RecordingEntry[] = [
    { at_ms: 0, kind: 'event', event: { type: 'session_start' }, took_ms: 0 },
    { at_ms: 5, kind: 'pushed', actions: [{ type: 'audio', audio: { wav_ms: 200 } }] },
    { at_ms: 6, kind: 'playback_started', duration_ms: 200 },
    { at_ms: 150, kind: 'event', event: { type: 'dtmf_received', digit: '5' }, took_ms: 44 },
  ];
  const { play } = playOf(stored({ recording: 1, call: {}, entries }));
  expect(play).toMatchObject([
    { line: 'somebody posts [{"type":"audio","audio":{"wav_ms":200}}]' },
    { line: 'assistant plays a clip' },
    { line: 'caller presses 5', share: 0.5 },
  ]);
});

test.each([
  ['no JSON', '<html>4917639123456', /^This is no recording: it isn't JSON/],
  ['something else', '{"speak": "4917639123456"}', /^This is no recording: recording must be 1/],
  ['a list', '["4917639123456"]', /^This is no recording: recording must be an object/],
  ['a newer one', '{"recording": 2, "call": {}, "entries": []}', /recording must be 1/],
  ['an empty one', '{"recording": 1, "call": {}, "entries": []}', /at least 1 entries/],
  [
    'a foreign entry',
    '{"recording": 1, "call": {}, "entries": [{"at_ms": 0, "kind": "4917639123456"}]}',
    /entries\.0\.kind must be one of/,
  ],
])('%s is refused in words, and not repeated', (_what, text, message) => {
  expect(() => readRecording(text)).toThrow(message);
  expect(() => readRecording(text)).not.toThrow('39123456');
});
