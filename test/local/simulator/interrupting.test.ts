import { expect, test } from 'vitest';
import { wav } from '../../support/wav.ts';
import { phone } from './support/phone.ts';

const LONG = 'Your parcel will be with you in the afternoon.'; // 46 characters, 3067 ms
const SHORT = 'It ships today.'; // 15 characters, 1 second
const greeting = { session_start: () => ({ type: 'speak', text: LONG }) };

test('[barge_in, speak] stops the sentence and begins the new one at once', async () => {
  const { clock, push, story, timeline, types } = phone(greeting);
  await clock.advance(1000);
  push({ type: 'barge_in' }, { type: 'speak', text: SHORT });
  await clock.advance(5000);

  expect(story().slice(4)).toEqual([
    '[barge_in]',
    'playback_interrupted',
    '[speak]',
    'playback_started',
    'assistant_speech_ended',
    'assistant_speak',
    'playback_finished',
    'assistant_speech_ended',
  ]);
  expect(timeline('playback_interrupted')).toEqual([
    { at_ms: 1000, kind: 'playback_interrupted', by: 'app', heard: 'Your parcel', played_ms: 1000 },
  ]);
  expect(timeline('playback_started')).toMatchObject([
    { at_ms: 0 },
    { at_ms: 1000, text: SHORT, duration_ms: 1000 },
  ]);
  expect(timeline('action')).toMatchObject([
    { source: 'webhook' },
    { source: 'external-api' },
    { source: 'external-api' },
  ]);
  expect(types()).toEqual([
    'session_start',
    'assistant_speak',
    'assistant_speech_ended',
    'assistant_speak',
    'assistant_speech_ended',
  ]);
});

test('[speak, barge_in] starts the sentence and stops it, which is told', async () => {
  const { clock, push, story } = phone();
  await clock.advance(0);
  push({ type: 'speak', text: SHORT }, { type: 'barge_in' });
  await clock.advance(5000);
  expect(story()).toEqual([
    'session_start',
    '[speak]',
    'playback_started',
    'error',
    '[barge_in]',
    'playback_interrupted',
    'assistant_speak',
    'assistant_speech_ended',
  ]);
});

test('barge_in does nothing while nothing plays', async () => {
  const { clock, push, story } = phone();
  await clock.advance(0);
  push({ type: 'barge_in' });
  await clock.advance(1000);
  expect(story()).toEqual(['session_start', '[barge_in]']);
});

test('speak waits for the one before, and each is told of in its turn', async () => {
  const { clock, timeline, types } = phone({
    session_start: () => [
      { type: 'speak', text: SHORT },
      { type: 'speak', text: LONG },
    ],
  });
  await clock.advance(1000);
  expect(timeline('playback_started')).toMatchObject([{ at_ms: 0 }, { at_ms: 1000 }]);
  await clock.advance(3067);
  expect(timeline('playback_finished')).toMatchObject([{ at_ms: 1000 }, { at_ms: 4067 }]);
  const one = ['assistant_speak', 'assistant_speech_ended'];
  expect(types()).toEqual(['session_start', ...one, ...one]);
});

test('barge_in forgets what waits, too', async () => {
  const { clock, push, timeline } = phone(greeting);
  await clock.advance(100);
  push({ type: 'speak', text: 'queued' }, { type: 'barge_in' }, { type: 'speak', text: SHORT });
  await clock.advance(5000);
  expect(timeline('playback_started')).toMatchObject([{ text: LONG }, { text: SHORT }]);
});

test('barge_in stops a sentence that the caller could not', async () => {
  const { clock, push, timeline } = phone({
    session_start: () => ({ type: 'speak', text: LONG, barge_in: { strategy: 'none' } }),
  });
  await clock.advance(100);
  push({ type: 'barge_in' });
  expect(timeline('playback_interrupted')).toHaveLength(1);
});

test('audio plays for its own length, divided by speed; only its end is told of', async () => {
  const { clock, timeline, types } = phone(
    { session_start: () => ({ type: 'audio', audio: wav(1500) }) },
    { speed: 2 },
  );
  await clock.advance(750);
  expect(timeline('playback_started')).toEqual([
    { at_ms: 0, kind: 'playback_started', audio: true, duration_ms: 750 },
  ]);
  expect(timeline('playback_finished')).toMatchObject([{ at_ms: 750 }]);
  expect(types()).toEqual(['session_start', 'assistant_speech_ended']);
});

test('nothing readable was heard of a clip that is cut', async () => {
  const { clock, push, timeline } = phone({
    session_start: () => ({ type: 'audio', audio: wav(1500) }),
  });
  await clock.advance(200);
  push({ type: 'barge_in' });
  expect(timeline('playback_interrupted')).toMatchObject([
    { by: 'app', heard: '', played_ms: 200 },
  ]);
});

test('mix_audio goes on through barge_in until it is stopped', () => {
  const { call, push } = phone();
  push({ type: 'mix_audio', audio: wav(10) }, { type: 'barge_in' });
  expect(call.summary()).toMatchObject({ background_volume: 0.5 });
  push({ type: 'mix_audio', audio: wav(10), volume: 0.2 });
  expect(call.summary()).toMatchObject({ background_volume: 0.2 });
  push({ type: 'mix_audio', stop: true });
  expect(call.summary()).not.toHaveProperty('background_volume');
});

test('the greeting of a speech-to-speech model is heard; an SMS is only written down', async () => {
  const { clock, story } = phone({
    session_start: () => [
      { type: 'configure_voice_to_voice', system_prompt: 'Be kind.', greeting: 'Hi!' },
      { type: 'configure_voice_to_voice', system_prompt: 'Be brief.' },
      { type: 'send_sms', phone_number: '4915112345678', message: 'Hello' },
    ],
  });
  await clock.advance(0);
  expect(story()).toEqual([
    'session_start',
    '[configure_voice_to_voice]',
    'playback_started',
    '[configure_voice_to_voice]',
    '[send_sms]',
    'assistant_speak',
  ]);
});
