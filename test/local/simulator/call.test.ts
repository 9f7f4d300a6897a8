import { expect, test } from 'vitest';
import { answerAfter, phone } from './support/phone.ts';

const GREETING = 'Hello, you called the library.'; // 30 characters, 2 seconds

test('an ordinary call: events in order, each written before the actions that answer it', async () => {
  const { clock, call, story, timeline } = phone({
    session_start: () => ({ type: 'speak', text: GREETING }),
    user_speak: () => ({ type: 'speak', text: 'Yes.' }),
  });
  await clock.advance(3000);
  call.says('Are you open?');
  await clock.advance(3000);
  call.hangUp();
  await clock.advance(0);

  const turn = [
    '[speak]',
    'playback_started',
    'assistant_speak',
    'playback_finished',
    'assistant_speech_ended',
  ];
  expect(story()).toEqual(['session_start', ...turn, 'user_speak', ...turn, 'session_end']);
  expect(timeline()[2]).toEqual({
    at_ms: 0,
    kind: 'playback_started',
    text: GREETING,
    duration_ms: 2000,
  });
  expect(timeline()[4]).toEqual({ at_ms: 2000, kind: 'playback_finished' });
});

test('events carry the whole session, and what is their own', async () => {
  const options = { from: 'anonymous', to: '+493023125099' };
  const { clock, call, events } = phone(
    { session_start: () => ({ type: 'speak', ssml: '<speak>Hi</speak>' }) },
    options,
  );
  const started = clock.now();
  await clock.advance(1000);
  call.presses('#');
  await clock.advance(0);

  const session = {
    id: call.session_id,
    account_id: 'simulator',
    phone_number: '+493023125099',
    direction: 'inbound',
    from_phone_number: 'anonymous',
    to_phone_number: '+493023125099',
  };
  expect(events).toEqual([
    { type: 'session_start', session },
    {
      type: 'assistant_speak',
      session,
      ssml: '<speak>Hi</speak>',
      duration_ms: 133,
      speech_started_at: started,
    },
    { type: 'assistant_speech_ended', session },
    { type: 'dtmf_received', session, digit: '#' },
  ]);
});

test('speed divides how long speech takes', async () => {
  const { clock, timeline } = phone(
    { session_start: () => ({ type: 'speak', text: GREETING }) },
    { speed: 4 },
  );
  await clock.advance(500);
  expect(timeline('playback_started')).toMatchObject([{ duration_ms: 500 }]);
  expect(timeline('playback_finished')).toHaveLength(1);
});

test('an event waits for the answer to the one before, and the answer takes its time', async () => {
  const { clock, call, types, timeline } = phone({
    session_start: (_, clock) => answerAfter(700, clock),
  });
  call.says('Hello?');
  await clock.advance(699);
  expect(types()).toEqual(['session_start']);
  await clock.advance(1);
  expect(types()).toEqual(['session_start', 'user_speak']);
  expect(timeline()[0]).toMatchObject({ at_ms: 700, kind: 'event', status: 204, took_ms: 700 });
});

test('a call whose application hangs does not hold up another one', async () => {
  const { clock, simulator, events } = phone({ session_start: () => new Promise(() => {}) });
  simulator.place();
  await clock.advance(0);
  expect(new Set(events.map(({ session }) => session.id)).size).toBe(2);
});

test('the caller hangs up in mid-sentence: only session_end is sent', async () => {
  const { clock, call, story, timeline, types } = phone({
    session_start: () => ({ type: 'speak', text: GREETING }),
  });
  await clock.advance(1000);
  call.hangUp();
  expect(call.live()).toBe(false);
  expect(call.summary().state).toBe('active');
  await clock.advance(5000);
  expect(call.summary().state).toBe('ended');
  expect(story().slice(-2)).toEqual(['playback_interrupted', 'session_end']);
  expect(timeline('playback_interrupted')).toMatchObject([
    { by: 'hangup', heard: 'Hello, you', played_ms: 1000 },
  ]);
  expect(types()).toEqual(['session_start', 'assistant_speak', 'session_end']);
});

test('hangup cuts the sentence before it, and what follows it in the array is refused', async () => {
  const actions = [
    { type: 'speak', text: GREETING },
    { type: 'hangup' },
    { type: 'speak', text: 'Still there?' },
  ];
  const { clock, types, timeline, errors } = phone({ session_start: () => actions });
  await clock.advance(5000);
  expect(types()).toEqual(['session_start', 'session_end']);
  expect(timeline('playback_interrupted')).toMatchObject([
    { by: 'hangup', heard: '', played_ms: 0 },
  ]);
  expect(errors()).toEqual(['speak is ignored: the call is over']);
});

test('a call that has ended stays as it is', async () => {
  const { clock, call, story } = phone({ session_end: () => new Error('no answer') });
  call.hangUp();
  await clock.advance(0);
  const told = story();
  call.hangUp();
  call.says('Hello?');
  call.presses('1');
  await clock.advance(1000);
  expect(call.summary().state).toBe('ended');
  expect(told).toEqual(['session_start', 'session_end', 'error']);
  expect(story()).toEqual(told);
});

test('an answer that comes after the caller hung up is not executed', async () => {
  const { clock, call, story } = phone({
    user_speak: (_, clock) => answerAfter(500, clock, { type: 'speak', text: 'Yes.' }),
  });
  call.says('Are you there?');
  await clock.advance(100);
  call.hangUp();
  await clock.advance(1000);
  expect(story()).toEqual(['session_start', 'user_speak', 'error', 'session_end']);
});

test('configure_transcription replaces the languages the recogniser listens for', () => {
  const { call, push } = phone({}, { language: 'de-DE' });
  expect(call.summary()).toMatchObject({ language: 'de-DE' });
  push(
    { type: 'configure_transcription', languages: ['en-GB', 'fr-FR'] },
    { type: 'configure_transcription' },
  );
  expect(call.summary()).toMatchObject({ language: 'en-GB,fr-FR' });
  push({ type: 'configure_transcription', provider: 'DEEPGRAM' });
  expect(call.summary()).toMatchObject({ language: 'auto' });
});
