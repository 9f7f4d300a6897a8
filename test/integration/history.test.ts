import { describe, expect, it } from 'vitest';
import { meter, type Usage } from '../../bench/meter.ts';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import type { TranscriptEntry } from '../../functions/sessions/history.ts';
import { turnKey } from '../../functions/sessions/keys.ts';
import { MAX_NOTE_CHARACTERS, MAX_NOTES } from '../../functions/sessions/limits.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { manualClock } from '../support/manual-clock.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { phoneLine } from '../support/phone-line.ts';

const dynamodb = embeddedDynamoDb();

describe('history in DynamoDB', () => {
  it('is loaded beside the write that records the event, and kept beside the template and its changes', async () => {
    const without = await metered('without', undefined);
    const with_ = await metered('with', { turns: 10 });

    // Before the template runs: one more request, none of them waits for another.
    expect(without.before).toMatchObject({ requests: 1, depth: 1 });
    expect(with_.before).toMatchObject({ requests: 2, depth: 1 });
    // After: what it changed, and what the caller said; nothing waits for anything either.
    expect(without.after).toMatchObject({ requests: 1, depth: 1 });
    expect(with_.after).toMatchObject({ requests: 2, depth: 1, write_units: 2 });
    expect(with_.history).toMatchObject([{ text: 'Hello!' }, { text: 'note this' }]);

    // Without a handler nothing is read.
    expect(without.other).toMatchObject({ requests: 1, depth: 1 });
    expect(with_.other).toMatchObject({ requests: 2, depth: 2 });
  });

  it('holds a note once when the answer to its write is lost and the SDK writes again', async () => {
    const { store, client } = storeOf();
    const lost = loseFirstAnswer(client);
    await store.keepTurn('lost', 1, [{ kind: 'caller', at: store.now(), text: 'Hi.' }]);
    expect(lost()).toBe(true);
    expect(await store.history('lost', 5)).toEqual([
      { kind: 'caller', at: store.now(), text: 'Hi.', turn: 1 },
    ]);
  });

  it('expires with the session', async () => {
    const { store, client } = storeOf();
    await store.keepTurn('ttl', 7, [{ kind: 'end', at: store.now() }]);
    const { Item } = await client('GetItem', {
      TableName: dynamodb.table,
      Key: turnKey('ttl', 7),
    });
    expect(Item?.expires_at?.N).toBe(String(store.now() / 1000 + 4 * 3600));
  });

  it('takes the fullest turn there can be, in any script', async () => {
    const { store } = storeOf();
    const text = '語'.repeat(MAX_NOTE_CHARACTERS);
    for (let n = 0; n < MAX_NOTES; n++) {
      const at = store.now() + n;
      await store.keepTurn('full', 1, [{ kind: 'sentence', at, ends_at: at + 1, text }]);
    }
    expect(await store.history('full', 1)).toHaveLength(MAX_NOTES);
  });

  it('gives up when it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const { store } = storeOf();
    const { signal } = controller;
    await expect(store.history('aborted', 1, signal)).rejects.toThrow(/abort/i);
    await expect(store.keepTurn('aborted', 1, [{ kind: 'end', at: 0 }], signal)).rejects.toThrow(
      /abort/i,
    );
  });
});

function storeOf() {
  const [client, clock] = [dynamodb.client(), manualClock()];
  const store = createDynamoDbCallStore({
    dynamoDb: client,
    table: dynamodb.table,
    clock,
    log: recordingLog(),
  });
  return { client, clock, store: { ...store, now: clock.now } };
}

/**
 * What a `user_speak` that changes state costs before and after the template has run, and an event
 * nobody handles.
 */
async function metered(id: string, asked: Template['history']) {
  const { client, clock, store } = storeOf();
  const usage = meter(client);
  let before: Usage | undefined;
  let history: readonly TranscriptEntry[] = [];
  const template = defineTemplate<{ note: string }>({
    fallback: 'Sorry?',
    ...(asked && { history: asked }),
    onUserSpeak({ text }, session) {
      before = usage();
      session.state.note = text;
      history = session.history;
      return 'Yes.';
    },
  });
  const parts = { sessions: store, store, outcomes: recordingOutcomes(), clock, sent: [] };
  const { hear } = phoneLine({ template, ...parts });
  const session = { id };
  await hear({ ...EVENTS.session_start, session: { ...SESSION, id } });
  await hear({ ...EVENTS.assistant_speak, session });
  usage();
  await clock.advance(500);
  await hear({ ...EVENTS.assistant_speech_ended, session });
  const other = usage();
  await hear(userSpeak('note this', id));
  return { before, after: usage(), other, history };
}
