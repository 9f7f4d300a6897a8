import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { transfer } from '../../functions/protocol/builders.ts';
import { aWebhook, said } from '../support/a-webhook.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';

const PERSON = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};

let { clock, sessions, log, webhook } = aWebhook();
beforeEach(() => {
  ({ clock, sessions, log, webhook } = aWebhook());
});

describe('dispatch', () => {
  const seen: string[] = [];
  const note = (name: string) => (event: { type: string }) => {
    seen.push(`${name} ${event.type}`);
    return name;
  };
  const all: Template = {
    onSessionStart: note('onSessionStart'),
    onUserSpeechStarted: note('onUserSpeechStarted') as never,
    onUserSpeak: note('onUserSpeak'),
    onAssistantSpeak: note('onAssistantSpeak'),
    onAssistantSpeechEnded: note('onAssistantSpeechEnded'),
    onUserInputTimeout: note('onUserInputTimeout'),
    onDtmfReceived: note('onDtmfReceived'),
    onSmsFailed: note('onSmsFailed'),
    onSessionEnd: note('onSessionEnd') as never,
    onUnknownEvent: note('onUnknownEvent'),
  };

  it.each([
    ['session_start', 'onSessionStart session_start', 200],
    ['user_speech_started', 'onUserSpeechStarted user_speech_started', 204],
    ['user_speak', 'onUserSpeak user_speak', 200],
    ['assistant_speak', 'onAssistantSpeak assistant_speak', 200],
    ['assistant_speech_ended', 'onAssistantSpeechEnded assistant_speech_ended', 200],
    ['user_input_timeout', 'onUserInputTimeout user_input_timeout', 200],
    ['dtmf_received', 'onDtmfReceived dtmf_received', 200],
    ['sms_failed', 'onSmsFailed sms_failed', 200],
    ['session_end', 'onSessionEnd session_end', 204],
    ['user_barge_in', 'onUserSpeak user_speak', 200],
    ['unknown', 'onUnknownEvent something_new', 200],
  ] as const)('%s', async (event, handler, statusCode) => {
    seen.length = 0;
    expect(await webhook(all)(EVENTS[event])).toMatchObject({ statusCode });
    expect(seen).toEqual([handler]);
  });

  it('acknowledges every event without a handler', async () => {
    for (const event of Object.values(EVENTS))
      expect(await webhook({})(event)).toEqual({ statusCode: 204 });
  });

  it('hands a deprecated user_barge_in on as user_speak', async () => {
    const post = webhook({
      onUserSpeak: ({ text, barged_in }, { turn }) => `${text} ${barged_in} ${turn}`,
    });
    expect(await post(EVENTS.user_barge_in)).toMatchObject({ body: said('Stop! true 1') });
    expect(await post({ type: 'user_barge_in', session: { id: SESSION.id } })).toMatchObject({
      body: said(' true 2'),
    });
  });

  it('logs an unknown type once', async () => {
    const post = webhook({});
    await post(EVENTS.unknown);
    await post(EVENTS.unknown);
    expect(log.lines.filter(({ message }) => message === 'unknown_event')).toHaveLength(1);
  });

  it('writes nothing for an event that leaves no trace', async () => {
    const untouched = new Proxy({} as CallStore, { get: () => expect.unreachable() });
    const post = webhook({}, { sessions: untouched });
    const { sms_failed, dtmf_received, unknown } = EVENTS;
    for (const event of [sms_failed, dtmf_received, unknown])
      expect(await post(event)).toEqual({ statusCode: 204 });
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('sessions', () => {
  const counting = defineTemplate<{ count: number }>({
    fallback: [],
    onSessionStart: (_event, { turn, caller, callee, reopened }) =>
      `${turn} ${caller} ${callee} ${reopened}`,
    onUserSpeak(_event, session) {
      session.state.count = (session.state.count ?? 0) + 1;
      return `turn ${session.turn}, count ${session.state.count}`;
    },
    onDtmfReceived: () => transfer({ ...PERSON, timeout: 20 }),
  });

  it('are seen with digits, turn and state', async () => {
    const post = webhook(counting);
    expect(await post(EVENTS.session_start)).toMatchObject({
      body: said('0 4917639123456 493023125000 false'),
    });
    expect(await post(userSpeak('One'))).toMatchObject({ body: said('turn 1, count 1') });
    expect(await post(userSpeak('Two'))).toMatchObject({ body: said('turn 2, count 2') });
    expect(await post(EVENTS.dtmf_received)).toMatchObject({ body: [{ type: 'transfer' }] });
    await clock.advance(20_000);
    expect(await post(EVENTS.session_start)).toMatchObject({
      body: said('2 4917639123456 493023125000 true'),
    });
  });

  it('an event of a session never seen creates it', async () => {
    expect(await webhook(counting)(userSpeak('hi', 'never-seen'))).toMatchObject({
      statusCode: 200,
    });
  });

  it('after the end nothing runs, and nothing is said', async () => {
    const post = webhook({ ...counting, onSessionEnd: () => expect.unreachable() });
    await webhook(counting)(EVENTS.session_end);
    for (const event of [EVENTS.user_speak, EVENTS.session_end])
      expect(await post(event)).toEqual({ statusCode: 204 });
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('labels are kept with the session', async () => {
    const post = webhook({
      onUserSpeak: ({ text }, { labels }) => (text ? labels.add(text) : labels.clear()) && 'ok',
    });
    await post(userSpeak('order:4711'));
    expect(await sessions.find({ label: 'order:4711' })).toEqual([SESSION.id]);
    await post(userSpeak(''));
    expect(await sessions.find({ label: 'order:4711' })).toEqual([]);
  });

  it('handlers that change what they were given change nothing else', async () => {
    const post = webhook({
      onUserSpeak(_event, { state }) {
        (state.list as number[] | undefined)?.push(1);
        state.list ??= [];
        return JSON.stringify(state.list);
      },
    });
    await post(userSpeak('a'));
    expect(await post(userSpeak('b'))).toMatchObject({ body: said('[1]') });
  });

  it('without DynamoDB the template runs with a fresh one, and saves nothing', async () => {
    const down = new Proxy({} as CallStore, {
      get: (_store, name) =>
        name === 'record' ? () => Promise.reject(new Error('down')) : expect.unreachable(),
    });
    expect(await webhook(counting, { sessions: down })(EVENTS.user_speak)).toMatchObject({
      body: said('turn 1, count 1'),
    });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'session_not_read', session_id: SESSION.id }),
    );
  });

  it('is answered when only saving fails', async () => {
    const forgetful: CallStore = { ...sessions, save: () => Promise.reject(new Error('down')) };
    expect(await webhook(counting, { sessions: forgetful })(EVENTS.user_speak)).toMatchObject({
      body: said('turn 1, count 1'),
    });
  });
});
