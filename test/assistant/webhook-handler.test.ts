import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import { bargeIn, speak } from '../../functions/protocol/builders.ts';
import type { Recorded, Recorder } from '../../functions/runtime/recorder.ts';
import { fixedTokens } from '../../functions/runtime/tokens.ts';
import { aWebhook, said, TOKEN } from '../support/a-webhook.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';

const echo = defineTemplate({ fallback: [], onUserSpeak: ({ text }) => text });

let { clock, log, handling, webhook } = aWebhook();
beforeEach(() => {
  ({ clock, log, handling, webhook } = aWebhook());
});

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
    const handle = handling(echo);
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

  it.each([
    ['before what it says', [bargeIn(), speak('a')]],
    ['and says nothing', [bargeIn()]],
  ])('warns about none that cuts another one, %s', async (_what, actions) => {
    await webhook({ onUserSpeak: () => actions })(EVENTS.user_speak);
    expect(log.lines.map(({ message }) => message)).toEqual(['answered']);
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
