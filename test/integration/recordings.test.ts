import { expect, it } from 'vitest';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createRecordings } from '../../functions/sessions/recordings.ts';
import { keptRecording, localTable } from '../../local/recording/kept.ts';
import { playOf } from '../../local/recording/recorded-play.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';

const dynamodb = embeddedDynamoDb();
const DAY_MS = 24 * 3600_000;
const START = Date.now();
const session = { id: 'session-123', from_phone_number: '+4917639123456' };

function recorderFor(days: number, now = Date.now) {
  const log = recordingLog();
  const clock = { ...systemClock, now };
  const parts = { dynamoDb: dynamodb.client(), table: dynamodb.table, clock, log };
  return { log, recorder: createRecordings(parts, days) };
}

const event = (at: number, event: object, ...actions: object[]) =>
  ({ kind: 'event', at: START + at, took_ms: 20, event, actions }) as const;
const speak = (text: string) => ({ type: 'speak', session_id: session.id, text });

it('what has been kept of a call is a recording, and a play, without a number', async () => {
  const { recorder } = recorderFor(7);
  recorder?.keep('session-123', {
    kind: 'pushed',
    at: START + 900,
    actions: [{ type: 'barge_in' }, speak('Good news!')],
  });
  recorder?.keep('session-123', {
    kind: 'interruption',
    at: START + 880,
    interruption: { target: { caller: '+4917639123456' }, say: 'Good news!', id: 'shipped' },
  });
  recorder?.keep('session-123', event(0, { type: 'session_start', session }, speak('Hello.')));
  recorder?.keep('session-123', event(400, { type: 'assistant_speech_ended', session }));
  const words = 'I am at 0176 39123456, where is my order?';
  recorder?.keep(
    'session-123',
    event(800, { type: 'user_speak', session, text: words }, speak('It is packed, and waits.')),
  );
  recorder?.keep('session-123', event(3_000, { type: 'session_end', session }));
  await recorder?.kept();

  const table = localTable(dynamodb.endpoint(), dynamodb.table);
  const recording = await keptRecording(table, 'session-123');
  expect(JSON.stringify(recording)).not.toMatch(/39123456|session-123/);
  expect(recording.entries[0]).toEqual({
    at_ms: 20,
    kind: 'event',
    event: { type: 'session_start' },
    took_ms: 20,
  });
  expect(playOf(recording).play.map(({ line }) => line)).toEqual([
    'assistant says "Hello."',
    'caller says "I am at 0111 11111111, where is my order?"',
    'assistant says "It is packed, and waits."',
    expect.stringMatching(/^interrupted with .*Good news!/),
    'assistant is cut by the app',
    'assistant says "Good news!"',
    'caller hangs up',
    'assistant is cut by the hangup',
  ]);
});

it('nobody asked for it: nothing is recorded', () => {
  expect(recorderFor(0).recorder).toBeUndefined();
});

it('expires after its days, whenever DynamoDB deletes it', async () => {
  const { recorder } = recorderFor(2, () => Date.now() - 3 * DAY_MS);
  recorder?.keep('long ago', event(0, { type: 'session_start', session }));
  await recorder?.kept();
  const table = localTable(dynamodb.endpoint(), dynamodb.table);
  await expect(keptRecording(table, 'long ago')).rejects.toThrow(/^No such call was recorded/);
});

it('what is too large is missing, and no call suffers', async () => {
  const { recorder, log } = recorderFor(7);
  recorder?.keep('large', event(0, { type: 'user_speak', session, text: 'x'.repeat(500_000) }));
  await recorder?.kept();
  expect(log.lines).toMatchObject([
    { level: 'warn', message: 'recording_incomplete', session_id: 'large', kind: 'event' },
  ]);
  expect(JSON.stringify(log.lines)).not.toContain('xxx');
});
