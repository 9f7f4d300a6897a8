import { beforeEach, describe, expect, it } from 'vitest';
import {
  defineTemplate,
  type Template,
  type TemplateContext,
} from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { bargeIn, speak, transfer } from '../../functions/protocol/builders.ts';
import type { Recorded, Recorder } from '../../functions/runtime/recorder.ts';
import { fixedTokens, type Tokens } from '../../functions/runtime/tokens.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const TOKEN = 'secret';
const PERSON = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};
const NEVER = new Promise<never>(() => {});

let clock: ManualClock;
let sessions: CallStore;
let log: ReturnType<typeof recordingLog>;

beforeEach(() => {
  clock = manualClock();
  sessions = createMemoryStore(clock);
  log = recordingLog();
});

function webhook(
  template: Template,
  parts: { sessions?: CallStore; tokens?: Tokens; recorder?: Recorder } = {},
) {
  const handle = createWebhookHandler({
    templates: always(template),
    jobs: noJobs,
    sessions,
    outcomes: recordingOutcomes(),
    tokens: fixedTokens(TOKEN),
    clock,
    log,
    ...parts,
  });
  return async (event: unknown, request: object = {}) => {
    const response = await handle({
      headers: { 'x-api-token': TOKEN },
      body: typeof event === 'string' ? event : JSON.stringify(event),
      requestContext: { timeEpoch: clock.now() },
      ...request,
    });
    return { ...response, ...(response.body && { body: JSON.parse(response.body) }) };
  };
}

describe('a recorder', () => {
  const recorded: Recorded[] = [];
  const written = Promise.withResolvers<void>();
  const recorder: Recorder = {
    keep: (_session_id, one) => void recorded.push(one),
    kept: () => written.promise,
  };

  it('is told of each event and its answer, and nobody but session_end waits for it', async () => {
    const send = webhook(echo, { recorder });
    expect((await send(userSpeak('Hello'))).statusCode).toBe(200);
    expect(recorded).toEqual([
      {
        kind: 'event',
        at: clock.now(),
        took_ms: 0,
        event: userSpeak('Hello'),
        actions: [{ type: 'speak', session_id: SESSION.id, text: 'Hello' }],
      },
    ]);
    let answered = false;
    const end = send(EVENTS.session_end).then(() => {
      answered = true;
    });
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    written.resolve();
    await end;
    expect(recorded.at(-1)).toMatchObject({ event: { type: 'session_end' }, actions: [] });
  });
});

const echo = defineTemplate({ fallback: [], onUserSpeak: ({ text }) => text });
const said = (text: string) => [{ type: 'speak', text, session_id: SESSION.id }];

describe('checks, in this order', () => {
  const broken = '{"type":';

  it('authentication comes before the body', async () => {
    const post = webhook(echo);
    for (const headers of [
      {},
      { 'x-api-token': 'wrong' },
      { 'x-api-token': '' },
      { authorization: TOKEN },
    ]) {
      expect(await post(broken, { headers })).toMatchObject({
        statusCode: 401,
        body: { error: { code: 'unauthorized' } },
      });
    }
  });

  it('refuses everybody when no secret is configured', async () => {
    for (const tokens of [fixedTokens(), fixedTokens('')]) {
      const post = webhook(echo, { tokens });
      expect(await post(EVENTS.user_speak, { headers: { 'x-api-token': '' } })).toMatchObject({
        statusCode: 401,
      });
    }
  });

  it('takes either of two secrets', async () => {
    const post = webhook(echo, { tokens: fixedTokens('old', 'new') });
    for (const token of ['old', 'new']) {
      expect(await post(userSpeak(token), { headers: { 'x-api-token': token } })).toMatchObject({
        statusCode: 200,
      });
    }
  });

  it.each(['X-API-TOKEN', 'X-Api-Token'])('finds the header as %s', async (name) => {
    expect(await webhook(echo)(EVENTS.user_speak, { headers: { [name]: TOKEN } })).toMatchObject({
      statusCode: 200,
    });
  });

  it('64 KiB is enough, one byte more is not', async () => {
    const base = JSON.stringify(userSpeak(''));
    const fits = JSON.stringify(userSpeak('x'.repeat(64 * 1024 - base.length)));
    expect(await webhook(echo)(fits)).toMatchObject({ statusCode: 200 });
    expect(await webhook(echo)(`${fits} `)).toMatchObject({
      statusCode: 413,
      body: { error: { code: 'too_large', message: expect.stringContaining('65537') } },
    });
    expect(await webhook(echo)('x'.repeat(64 * 1024 + 1))).toMatchObject({ statusCode: 413 });
  });

  it('counts bytes, not characters, and not Base64', async () => {
    expect(await webhook(echo)(JSON.stringify(userSpeak('ü'.repeat(40_000))))).toMatchObject({
      statusCode: 413,
    });
    const body = Buffer.from(JSON.stringify(userSpeak('x'.repeat(60_000)))).toString('base64');
    expect(await webhook(echo)(body, { isBase64Encoded: true })).toMatchObject({ statusCode: 200 });
  });

  it.each([broken, '', 'null,', '\u0000', "{'type':'x'}"])('invalid JSON: %j', async (body) => {
    expect(await webhook(echo)(body)).toMatchObject({
      statusCode: 400,
      body: { error: { code: 'invalid_json' } },
    });
  });

  it('33 levels are too deep, whatever the rest says', async () => {
    const nested = (levels: number) =>
      JSON.parse(`${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)}`);
    expect(await webhook(echo)({ ...userSpeak('hi'), extra: nested(32) })).toMatchObject({
      statusCode: 200,
    });
    expect(await webhook(echo)({ extra: nested(33) })).toMatchObject({
      statusCode: 400,
      body: { error: { code: 'too_deep' } },
    });
  });

  it('names the field of an invalid event', async () => {
    expect(
      await webhook(echo)({ type: 'user_speak', text: 'x', session: { id: 'a/b' } }),
    ).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/json' },
      body: {
        error: {
          code: 'invalid_event',
          field: 'session.id',
          message: expect.stringContaining('"a/b"'),
        },
      },
    });
  });

  it('says 503 when the secret cannot be read', async () => {
    const { readTokens } = await import('../../functions/runtime/tokens.ts');
    const tokens = readTokens(() => Promise.reject(new Error('down')), clock, log);
    expect(await webhook(echo, { tokens })(EVENTS.user_speak)).toMatchObject({
      statusCode: 503,
      body: { error: { code: 'secret_unavailable' } },
    });
  });

  it('survives a request that API Gateway would not send', async () => {
    const handle = createWebhookHandler({
      templates: always(echo),
      jobs: noJobs,
      sessions,
      outcomes: recordingOutcomes(),
      tokens: fixedTokens(TOKEN),
      clock,
      log,
    });
    expect(await handle({})).toMatchObject({ statusCode: 401 });
    for (const headers of [null, { 'x-api-token': 5 }, { 'x-api-token': ['token'] }])
      expect(await handle({ headers } as never)).toMatchObject({ statusCode: 401 });
    expect(await handle({ headers: { 'x-api-token': TOKEN } })).toMatchObject({ statusCode: 400 });
  });
});

describe('answers', () => {
  it('is an array of actions for this session', async () => {
    expect(await webhook(echo)(EVENTS.user_speak)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: said('Grüße aus Köln'),
    });
  });

  it('reads UTF-8 from Base64', async () => {
    const body = Buffer.from(JSON.stringify(EVENTS.user_speak)).toString('base64');
    expect(await webhook(echo)(body, { isBase64Encoded: true })).toMatchObject({
      body: said('Grüße aus Köln'),
    });
  });

  it.each([
    ['a string', 'Hi', said('Hi')],
    ['an action', speak('Hi'), said('Hi')],
    [
      'strings and actions',
      [bargeIn(), 'Hi'],
      [{ type: 'barge_in', session_id: SESSION.id }, ...said('Hi')],
    ],
    ['a raw action', { type: 'speak', text: 'Hi', session_id: 'another-session' }, said('Hi')],
  ])('takes %s', async (_name, result, body) => {
    expect(await webhook({ onUserSpeak: () => result as never })(EVENTS.user_speak)).toMatchObject({
      statusCode: 200,
      body,
    });
  });

  it.each([undefined, null, []])('takes %j for nothing', async (result) => {
    expect(await webhook({ onUserSpeak: () => result })(EVENTS.user_speak)).toEqual({
      statusCode: 204,
    });
  });

  it('warns about a speech that cuts itself', async () => {
    await webhook({ onUserSpeak: () => [speak('a'), bargeIn()] })(EVENTS.user_speak);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'barge_in_after_speech' }),
    );
    log.lines.length = 0;
    await webhook({ onUserSpeak: () => [bargeIn(), speak('a')] })(EVENTS.user_speak);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('boom'))],
    ['returns an invalid action', () => ({ type: 'speak', text: '' })],
    ['returns a number', () => 7],
    [
      'keeps too much',
      (_event: unknown, session: { state: object }) =>
        Object.assign(session.state, { big: 'x'.repeat(256) }) && 'no',
    ],
    [
      'has too many labels',
      (_event: unknown, session: { labels: Set<string> }) =>
        'abcdef'.split('').map((label) => session.labels.add(label)) && 'no',
    ],
    [
      'has a label that is too long',
      (_event: unknown, session: { labels: Set<string> }) =>
        session.labels.add('ü'.repeat(33)) && 'no',
    ],
  ])('says the fallback when a handler %s', async (_name, handler) => {
    const template = { onUserSpeak: handler as never, fallback: 'Sorry?' };
    expect(await webhook(template)(EVENTS.user_speak)).toMatchObject({
      statusCode: 200,
      body: said('Sorry?'),
    });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', session_id: SESSION.id }),
    );
    expect(await webhook({ onUserSpeak: handler as never })(EVENTS.user_speak)).toEqual({
      statusCode: 204,
    });
  });

  it('does not apologise to its own voice, which would never end', async () => {
    const template = {
      onAssistantSpeechEnded: () => Promise.reject(new Error('boom')),
      fallback: 'Sorry?',
    };
    expect(await webhook(template)(EVENTS.assistant_speech_ended)).toEqual({ statusCode: 204 });
  });

  it('never logs what was said or dialled', async () => {
    const template: Template = {
      onUserSpeak: ({ text }) => Promise.reject(new Error(`cannot look up "${text}"`)),
      onSessionStart: () => ({ type: 'speak', text: 5, ssml: SESSION.from_phone_number }) as never,
    };
    await webhook(template)(EVENTS.session_start);
    await webhook(template)('{"text":"Grüße');
    await webhook(template)({
      type: 'session_start',
      session: { id: 'x', from_phone_number: 4917639123456 },
    });
    for (const line of log.lines.filter(({ error }) => !error)) {
      expect(JSON.stringify(line)).not.toMatch(/Grüße|17639123456/);
    }
  });
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

describe('the deadline', () => {
  const slow = (template: Template, parts = {}) => {
    const post = webhook(template, parts);
    return (request = {}) => {
      let answered: { at: number; response: object } | undefined;
      const start = clock.now();
      const pending = post(EVENTS.user_speak, request).then((response) => {
        answered = { at: clock.now() - start, response };
      });
      return { pending, answered: () => answered };
    };
  };
  const hanging: Template = { onUserSpeak: () => NEVER, fallback: 'One moment.' };

  it('is 800 ms after API Gateway took the request, of which the template has all but 50', async () => {
    const call = slow(hanging)({ requestContext: { timeEpoch: clock.now() - 300 } });
    await clock.advance(449);
    expect(call.answered()).toBeUndefined();
    await clock.advance(1);
    expect(call.answered()).toMatchObject({
      at: 450,
      response: { statusCode: 200, body: said('One moment.') },
    });
  });

  it('leaves 150 ms after a long cold start', async () => {
    const call = slow(hanging)({ requestContext: { timeEpoch: clock.now() - 5000 } });
    await clock.advance(99);
    expect(call.answered()).toBeUndefined();
    await clock.advance(1);
    expect(call.answered()).toMatchObject({ at: 100 });
  });

  it.each([{}, { requestContext: { timeEpoch: Date.parse('2030-01-01') } }])(
    'is 800 ms from now for %j',
    async (request) => {
      const call = slow(hanging)({ requestContext: undefined, ...request });
      await clock.advance(749);
      expect(call.answered()).toBeUndefined();
      await clock.advance(1);
      expect(call.answered()).toMatchObject({ at: 750 });
    },
  );

  it('aborts the template and closes its session', async () => {
    let context: TemplateContext | undefined;
    const late: Template = {
      async onUserSpeak(_event, session, given) {
        context = given;
        await new Promise<void>((resolve) => clock.after(1000, resolve));
        session.state.late = true;
        return 'too late';
      },
    };
    const call = slow(late)();
    await clock.advance(800);
    expect(call.answered()).toMatchObject({ response: { statusCode: 204 } });
    expect(context?.signal.aborted).toBe(true);
    await clock.advance(1000);
    expect(await callIn(sessions)).toMatchObject({ state: {} });
  });

  it('is told of a template that takes half of it', async () => {
    const pausing: Template = {
      async onUserSpeak() {
        await new Promise<void>((resolve) => clock.after(500, resolve));
        return 'at last';
      },
    };
    const call = slow(pausing)();
    await clock.advance(500);
    expect(call.answered()).toMatchObject({ response: { body: said('at last') } });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'template_slow', event: 'user_speak', took_ms: 500 }),
    );
  });

  it('does not lose an answer to a slow save', async () => {
    const sluggish: CallStore = { ...sessions, save: () => NEVER };
    const template = defineTemplate({
      onUserSpeak: (_event, { state }) => (state.a = 'answer'),
      fallback: 'no',
    });
    const call = slow(template, { sessions: sluggish })();
    await clock.advance(800);
    expect(call.answered()).toMatchObject({ response: { body: said('answer') } });
  });

  it('leaves the template half the time when DynamoDB hangs', async () => {
    let aborted: AbortSignal | undefined;
    const hung: CallStore = {
      ...sessions,
      record: (_id, _fact, signal) => {
        aborted = signal;
        return NEVER;
      },
    };
    const call = slow(echo, { sessions: hung })();
    await clock.advance(400);
    expect(call.answered()).toMatchObject({ at: 400, response: { body: said('Grüße aus Köln') } });
    expect(aborted?.aborted).toBe(true);
  });

  it('holds for events that nobody may answer', async () => {
    const post = webhook({ onSessionEnd: () => NEVER });
    const pending = post(EVENTS.session_end);
    await clock.advance(800);
    expect(await pending).toEqual({ statusCode: 204 });
  });
});
