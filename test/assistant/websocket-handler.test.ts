import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebSocketHandler } from '../../functions/assistant/websocket-handler.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { audio } from '../../functions/protocol/builders.ts';
import { fixedTokens } from '../../functions/runtime/tokens.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { wav } from '../support/wav.ts';

const TOKEN = 'secret';
const CONNECTION = 'L0SM9cOFvHcCIhw=';

let clock: ManualClock;
let sessions: CallStore;
let log: ReturnType<typeof recordingLog>;

beforeEach(() => {
  clock = manualClock();
  sessions = createMemoryStore(clock);
  log = recordingLog();
});

/** The function as API Gateway calls it, by route. */
function socket(template: Template = {}, connectionId = CONNECTION, tokens = fixedTokens(TOKEN)) {
  const outcomes = recordingOutcomes();
  const handle = createWebSocketHandler({
    templates: always(template),
    sessions,
    outcomes,
    jobs: noJobs,
    tokens,
    clock,
    log,
  });
  const route = (routeKey: string, request: object) =>
    handle({
      ...request,
      requestContext: { routeKey, connectionId, requestTimeEpoch: clock.now() },
    });
  return {
    connect: (headers: Record<string, string>) => route('$connect', { headers }),
    frame: (event: unknown) =>
      route('$default', {
        body: typeof event === 'string' ? event : JSON.stringify(event),
        isBase64Encoded: false,
      }),
    disconnect: () => route('$disconnect', {}),
  };
}

const said = (text: string) => JSON.stringify([{ type: 'speak', text, session_id: SESSION.id }]);

describe('$connect', () => {
  it.each(['X-API-TOKEN', 'x-api-token', 'X-Api-Token'])(
    'lets the token in, as %s',
    async (name) => {
      expect(await socket().connect({ Host: 'x.execute-api', [name]: TOKEN })).toEqual({
        statusCode: 200,
      });
    },
  );

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['an empty one', { 'X-API-TOKEN': '' }],
    ['another one', { 'X-API-TOKEN': 'guess' }],
  ])('refuses %s', async (_what, headers) => {
    expect(await socket().connect(headers)).toEqual({ statusCode: 401 });
    expect(log.lines).toMatchObject([{ message: 'refused', code: 'unauthorized' }]);
  });
});

it('fails with a defect of ours, which is no refusal: its alarm must ring', async () => {
  const accepts = () => Promise.reject(new TypeError('a defect'));
  const { connect } = socket({}, CONNECTION, { ...fixedTokens(TOKEN), accepts });
  await expect(connect({ 'X-API-TOKEN': TOKEN })).rejects.toThrow('a defect');
});

describe('$default', () => {
  const echo: Template = { onUserSpeak: ({ text }) => text };

  it('answers a frame with a frame: the same answer as the webhook', async () => {
    const { frame } = socket(echo);
    expect(await frame(userSpeak('Grüße'))).toEqual({ statusCode: 200, body: said('Grüße') });
    expect(log.lines).toMatchObject([
      { message: 'answered', event: 'user_speak', actions: ['speak'] },
    ]);
  });

  it('sends nothing when there is nothing to say', async () => {
    expect(await socket(echo).frame(EVENTS.session_start)).toEqual({ statusCode: 200 });
  });

  it.each<[string, string, unknown]>([
    ['invalid_json', 'no JSON', '{"type":'],
    ['invalid_json', 'nothing', ''],
    ['too_deep', 'what is too deep', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['too_large', 'what is too large', ' '.repeat(64 * 1024 + 1)],
    ['invalid_event', 'what is no event', { type: 'user_speak' }],
  ])('logs %s and answers %s with nothing', async (code, _what, body) => {
    expect(await socket(echo).frame(body)).toEqual({ statusCode: 200 });
    expect(log.lines).toMatchObject([{ level: 'warn', message: 'refused', code }]);
  });

  it('says the fallback for a template that fails', async () => {
    const { frame } = socket({
      onUserSpeak: () => Promise.reject(new Error('broken')),
      fallback: 'Sorry.',
    });
    expect(await frame(userSpeak('Hello'))).toEqual({ statusCode: 200, body: said('Sorry.') });
  });

  it('gives the template until 800 ms after API Gateway took the frame', async () => {
    const answering = socket({
      onUserSpeak: () => new Promise<never>(() => {}),
      fallback: 'Sorry.',
    }).frame(userSpeak('Hi'));
    await clock.advance(800);
    expect(await answering).toEqual({ statusCode: 200, body: said('Sorry.') });
  });

  it('says the fallback in place of a frame that API Gateway would refuse', async () => {
    const { frame } = socket({
      onUserSpeak: () => ['One moment.', audio(wav(4_000))],
      fallback: 'Sorry.',
    });
    expect(await frame(userSpeak('Play it'))).toEqual({ statusCode: 200, body: said('Sorry.') });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'answer_failed' }),
    );
  });

  it('sends none of a fallback that is too large either, and says so in the log', async () => {
    const { frame } = socket({
      fallback: [audio(wav(2_500)), audio(wav(2_500))],
      onUserSpeak: () => Promise.reject(new Error('broken')),
    });
    expect(await frame(userSpeak('Play it'))).toEqual({ statusCode: 200 });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'answer_too_large' }),
    );
  });

  it('tells the template when the caller begins to speak, and ignores what it returns', async () => {
    const heard: string[] = [];
    const { frame } = socket({ onUserSpeechStarted: ({ type }) => void heard.push(type) });
    expect(await frame(EVENTS.user_speech_started)).toEqual({ statusCode: 200 });
    expect(heard).toEqual(['user_speech_started']);
  });
});

describe('the session', () => {
  it('knows the connection of its events', async () => {
    await socket().frame(EVENTS.session_start);
    expect(await callIn(sessions)).toMatchObject({ socket: { id: CONNECTION } });
  });

  it('knows while the caller speaks, with or without a handler for it', async () => {
    const { frame } = socket();
    await frame(EVENTS.session_start);
    await frame(EVENTS.user_speech_started);
    expect(await callIn(sessions)).toMatchObject({ caller_speaks: clock.now() });
    await clock.advance(400);
    await frame(userSpeak('Hello'));
    expect(await callIn(sessions)).not.toHaveProperty('caller_speaks');
  });

  it('loses its connection at $disconnect, and nothing else', async () => {
    const { frame, disconnect } = socket({ onUserSpeak: () => 'Yes?' });
    await frame(EVENTS.session_start);
    await frame(userSpeak('Hello'));
    expect(await disconnect()).toEqual({ statusCode: 200 });
    const call = await callIn(sessions);
    expect(call).toMatchObject({ turn: 1 });
    expect(call).not.toHaveProperty('socket');
    expect(await sessions.find({ connection: CONNECTION })).toEqual([]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'socket_gone', session_id: SESSION.id }),
    );
  });

  it('keeps a newer connection when the old one is reported late', async () => {
    const old = socket();
    await old.frame(EVENTS.session_start);
    await socket({}, 'newer=').frame(userSpeak('Hello'));
    await old.disconnect();
    expect(await callIn(sessions)).toMatchObject({ socket: { id: 'newer=' } });
  });

  it('is not touched by the end of a connection without one', async () => {
    expect(await socket().disconnect()).toEqual({ statusCode: 200 });
    expect(log.lines).toEqual([]);
  });
});
