import { expect, test } from 'vitest';
import type { MistakeName } from '../../../local/simulator/mistakes.ts';
import { wav } from '../../support/wav.ts';
import { answerAfter, phone } from './support/phone.ts';

const answer = (status: number, body: string) => ({ session_start: () => ({ status, body }) });

test.each([
  [200, '', /without an action or an array; answer 204/],
  [200, 'null', /without an action/],
  [200, '"Hello"', /without an action/],
  [200, '[{', /without an action/],
  [200, '{"success":true}', /type must be one of/],
  [200, '{}', /type must be one of/],
  [200, '42', /without an action or an array; .*got a number/],
  [200, '<!doctype html><p>+4917639123456', /answered with a web page/],
  [200, ' <html>', /answered with a web page/],
  [500, '{}', /status 500; answer with 200 or 204: it broke/],
  [502, '<html>', /status 502 and a web page/],
  [401, '', /status 401; .*X-API-TOKEN/],
  [404, '', /status 404; .*path/],
  [302, '', /status 302; .*redirects/],
  [202, '[]', /status 202/],
])('status %i with %j is an error, and the call goes on', async (status, body, message) => {
  const { clock, call, errors, logged, types, timeline } = phone(answer(status, body));
  await clock.advance(0);
  expect(timeline()[0]).toMatchObject({ kind: 'event', status });
  expect(errors()).toEqual([expect.stringMatching(message)]);
  expect(logged).toEqual([`call ${call.session_id}: ${errors()[0]}`]);
  call.says('Hello?');
  await clock.advance(0);
  expect(types()).toEqual(['session_start', 'user_speak']);
});

test.each([
  [204, 'ignored'],
  [200, '[]'],
])('status %i with %j is no action', async (status, body) => {
  const { clock, story } = phone(answer(status, body));
  await clock.advance(0);
  expect(story()).toEqual(['session_start']);
});

test('no answer is status 0 and an error, and the next event is sent', async () => {
  const { clock, call, story, timeline, errors } = phone({
    session_start: () => new Error('connection refused'),
  });
  call.says('Hello?');
  await clock.advance(0);
  expect(story()).toEqual(['session_start', 'error', 'user_speak']);
  expect(timeline()[0]).toMatchObject({ status: 0 });
  expect(errors()).toEqual(['session_start got no answer: connection refused']);
});

const SAID = 'My number is 0176 39123456';

test.each<[MistakeName, string, object]>([
  ['speak_without_text', 'actions/speak.html', { type: 'speak' }],
  ['speak_without_text', 'actions/speak.html', { type: 'speak', text: '  ' }],
  ['invalid_field', 'actions/speak.html', { type: 'speak', text: SAID, ssml: '<speak/>' }],
  ['invalid_field', 'actions/speak.html', { type: 'speak', ssml: SAID }],
  ['invalid_field', 'actions/speak.html', { type: 'speak', text: SAID, vad: SAID }],
  ['invalid_field', 'actions/transfer.html', { type: 'transfer', target_phone_number: SAID }],
  ['unknown_field', 'actions/speak.html', { type: 'speak', text: SAID, voice: SAID }],
  ['unknown_field', 'actions/speak.html', { type: 'speak', text: SAID, [SAID]: 1 }],
  ['unknown_field', 'actions/barge-in', { type: 'barge_in', text: SAID }],
  ['session_id', 'actions/speak.html', { type: 'speak', text: SAID, session_id: 7 }],
  ['session_id', 'actions.html', { type: 'speak', text: SAID, session_id: 'another-call' }],
  ['wav', 'actions/audio.html', { type: 'audio', audio: wav(100, { rate: 8_000 }) }],
  ['wav', 'actions/audio.html', { type: 'audio', audio: SAID }],
  ['wav', 'actions/audio.html', { type: 'audio' }],
  ['unknown_type', 'actions.html', { type: SAID, text: SAID }],
  ['unknown_type', 'actions.html', { text: SAID }],
])('%s, told with the page %s and without what was said: %j', async (mistake, path, action) => {
  const { clock, timeline } = phone({ session_start: () => action as { type: string } });
  await clock.advance(0);
  expect(timeline('error')).toEqual([
    expect.objectContaining({ mistake, see: expect.stringMatching(new RegExp(`/api/${path}$`)) }),
  ]);
  expect(JSON.stringify(timeline('error'))).not.toMatch(/39123456|My number/);
});

test('an answer that the caller has waited for is late after a second, and is said', async () => {
  const { clock, timeline, story } = phone({
    session_start: (_event, clock) => answerAfter(1_001, clock, { type: 'speak', text: 'Hello.' }),
    assistant_speak: (_event, clock) => answerAfter(2_000, clock),
  });
  await clock.advance(4_000);
  expect(timeline('error')).toEqual([expect.objectContaining({ mistake: 'late' })]);
  expect(story().slice(0, 4)).toEqual(['session_start', 'error', '[speak]', 'playback_started']);
});

test.each(['text/plain', 'text/html; charset=utf-8', ''])(
  'content-type %j is told, and the actions are executed unless it is a web page',
  async (type) => {
    const body = JSON.stringify({ type: 'barge_in' });
    const { clock, timeline } = phone({
      session_start: ({ session }) => ({
        status: 200,
        body: body.replace('}', `,"session_id":"${session.id}"}`),
        type,
      }),
    });
    await clock.advance(0);
    const isPage = type.includes('html');
    expect(timeline('error')).toMatchObject([{ mistake: isPage ? 'html' : 'content_type' }]);
    expect(timeline('action')).toHaveLength(isPage ? 0 : 1);
  },
);

test('an invalid or foreign action is left out, the others are executed', async () => {
  const { clock, story, errors } = phone({
    session_start: () => [
      { type: 'speak', text: 'One.' },
      { type: 'speak', text: 'Two.', volume: 3 },
      { type: 'speak', text: 'Three.', session_id: 'another-call' },
      { type: 'whisper' },
      { type: 'barge_in' },
    ],
  });
  await clock.advance(0);
  expect(story().slice(0, 8)).toEqual([
    'session_start',
    '[speak]',
    'playback_started',
    'error',
    'error',
    'error',
    'error',
    '[barge_in]',
  ]);
  expect(errors()).toEqual([
    'speak: volume is not a known field: check its spelling or leave it out',
    'speak: session_id is not that of this call: copy event.session.id',
    expect.stringMatching(/^whisper: type must be one of/),
    'barge_in follows a speak or audio in its array and cuts it: put it first',
  ]);
});

test.each([
  { type: 'speak', text: 'Bye.' },
  { status: 200, body: '[]' },
  { status: 200, body: '' },
])('what answers session_end is not executed, and told: %j', async (answer) => {
  const { clock, call, story, errors } = phone({ session_end: () => answer });
  await clock.advance(0);
  call.hangUp();
  await clock.advance(1000);
  expect(story()).toEqual(['session_start', 'session_end', 'error']);
  expect(errors()).toEqual(['session_end was answered with a body: it is ignored, answer 204']);
});
