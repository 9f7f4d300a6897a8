import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import { createWebSocketHandler } from '../../functions/assistant/websocket-handler.ts';
import { secretReader } from '../../functions/runtime/secrets-manager.ts';
import { readTokens, type Tokens } from '../../functions/runtime/tokens.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const TOKEN = 'kPz3mQ8sVw1xYb5nRt7uHc2jLd9fGa4e';

let clock: ManualClock;
let asked: string[];
beforeEach(() => {
  clock = manualClock();
  asked = [];
});

/** Secrets Manager with these versions, of which the current one was made at that time. */
function secretsManager(versions: Record<string, string>, madeAt = clock.now) {
  return secretReader('arn', async (_target, input) => {
    const SecretString = versions[(input as { VersionStage: string }).VersionStage];
    if (SecretString !== undefined) return { SecretString, CreatedDate: madeAt() / 1000 };
    throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
  });
}

/** A function whose every use of its table is noted. */
function parts(tokens: Tokens, log = recordingLog()) {
  const store = createMemoryStore(clock);
  const watched = Object.entries(store).map(([name, operation]) => [
    name,
    (...given: unknown[]) => {
      asked.push(name);
      return (operation as (...given: unknown[]) => unknown)(...given);
    },
  ]);
  return {
    templates: always(
      defineTemplate({ fallback: 'Pardon?', onUserSpeak: ({ text }) => `${text}!` }),
    ),
    sessions: Object.fromEntries(watched) as typeof store,
    outcomes: recordingOutcomes(),
    jobs: { start: async () => {} },
    tokens,
    clock,
    log,
  };
}

const one = (value = TOKEN) =>
  readTokens(secretsManager({ AWSCURRENT: value }), clock, recordingLog());
/** To be parsed it would have to be JSON. */
const UNPARSABLE = '{"type":';

const FORGED: [string, Record<string, string>][] = [
  ['no token', {}],
  ['an empty one', { 'x-api-token': '' }],
  ['a blank one', { 'x-api-token': ' ' }],
  ['its beginning', { 'x-api-token': TOKEN.slice(0, -1) }],
  ['its end', { 'x-api-token': TOKEN.slice(1) }],
  ['more than it', { 'x-api-token': `${TOKEN}0` }],
  ['it twice, as API Gateway joins headers', { 'x-api-token': `${TOKEN},${TOKEN}` }],
  ['it behind another one', { 'x-api-token': `a,${TOKEN}` }],
  ['it in capitals', { 'x-api-token': TOKEN.toUpperCase() }],
  ['it with a scheme', { 'x-api-token': `Bearer ${TOKEN}` }],
  ['it in another header', { authorization: TOKEN, cookie: `x-api-token=${TOKEN}` }],
  ['a wrong one beside it', { 'X-API-TOKEN': 'wrong', 'x-api-key': TOKEN }],
  ['it in full-width letters', { 'x-api-token': TOKEN.replace('k', 'ｋ') }],
  ['it with an invisible letter', { 'x-api-token': `${TOKEN}\u200b` }],
  ['it with a NUL', { 'x-api-token': `${TOKEN}\0` }],
  ['a lone surrogate', { 'x-api-token': '\ud800' }],
  ['a name that every object has', { 'x-api-token': '__proto__' }],
  ['a megabyte', { 'x-api-token': 'a'.repeat(1 << 20) }],
];

describe('a forgery is refused before its body is looked at, and before the table is', () => {
  it.each(FORGED)('over HTTP: %s', async (_name, headers) => {
    const webhook = createWebhookHandler(parts(one()));
    const { statusCode } = await webhook({ headers, body: UNPARSABLE });
    expect({ statusCode, asked }).toEqual({ statusCode: 401, asked: [] });
  });

  it.each(FORGED)('over the WebSocket: %s', async (_name, headers) => {
    const websocket = createWebSocketHandler(parts(one()));
    const requestContext = { routeKey: '$connect', connectionId: 'connection-1' };
    const { statusCode } = await websocket({ headers, body: UNPARSABLE, requestContext });
    expect({ statusCode, asked }).toEqual({ statusCode: 401, asked: [] });
  });

  it('10,000 guesses ask Secrets Manager twice', async () => {
    let reads = 0;
    const read = secretsManager({ AWSCURRENT: TOKEN });
    const counting = () => {
      reads++;
      return read();
    };
    const tokens = readTokens(counting, clock, recordingLog());
    await tokens.accepts(TOKEN);
    await clock.advance(6_000);
    for (let guess = 0; guess < 10_000; guess++)
      expect(await tokens.accepts(`${guess}${TOKEN}`)).toBe(false);
    expect(reads).toBe(2);
  });
});

describe('the token', () => {
  it.each([
    ['with a line break at its end, as a shell pipes it', `${TOKEN}\n`],
    ['with blanks around it', `  ${TOKEN}\r\n`],
  ])('%s, is the token', async (_name, stored) => {
    expect(await one(stored).accepts(TOKEN)).toBe(true);
    expect(await one(stored).values()).toEqual([TOKEN]);
  });

  it.each(['', '\n', '   '])('that is empty (%j) lets nobody in', async (stored) => {
    const tokens = one(stored);
    for (const guess of [undefined, '', stored, stored.trim(), 'undefined', 'null'])
      expect(await tokens.accepts(guess)).toBe(false);
  });

  it('that is rotated counts, and the one before for a day', async () => {
    const versions: Record<string, string> = { AWSCURRENT: 'old-token' };
    const rotated = clock.now() + 10_000;
    const tokens = readTokens(
      secretsManager(versions, () => rotated),
      clock,
      recordingLog(),
    );
    expect(await tokens.accepts('old-token')).toBe(true);
    await clock.advance(10_000);
    Object.assign(versions, { AWSCURRENT: TOKEN, AWSPREVIOUS: 'old-token' });
    expect(await tokens.accepts(TOKEN)).toBe(true);
    expect(await tokens.accepts('old-token')).toBe(true);
    await clock.advance(25 * 3600_000);
    expect(await tokens.accepts('old-token')).toBe(false);
    expect(await tokens.accepts(TOKEN)).toBe(true);
  });
});

describe('whoever sends the recorded requests of a call again', () => {
  it('is told what the flow says, and does nothing to the call: neither to its caller nor to who interrupts it', async () => {
    const pushed: string[] = [];
    const stack = memoryStack({
      ...parts(one()),
      queue: noQueue,
      channel: {
        send: async (_id, actions) => {
          pushed.push(
            ...actions.map((action) => ('text' in action ? String(action.text) : action.type)),
          );
          return { status: 'delivered' };
        },
      },
      websocket: undefined,
    });
    const hear = (event: object) => stack.webhook({ body: JSON.stringify(event) });
    const speak = async (words: string) => JSON.parse((await hear(userSpeak(words))).body ?? '[]');
    const recorded = [EVENTS.session_start, userSpeak('One'), userSpeak('Two'), EVENTS.session_end];
    await hear(EVENTS.session_start);
    await clock.advance(2_000);
    expect(await speak('One')).toMatchObject([{ text: 'One!' }]);
    await clock.advance(10_000);
    for (let again = 0; again < 3; again++) for (const event of recorded) await hear(event);
    expect(pushed).toEqual([]);
    await clock.advance(5_000);
    expect(await speak('Three')).toMatchObject([{ text: 'Three!' }]);
    const reply = await stack.interrupt({ session_id: SESSION.id, say: 'News.', id: 'news' });
    expect(reply).toMatchObject({ outcomes: [{ outcome: 'delivered' }] });
    expect(pushed).toEqual(['barge_in', 'News.']);
  });
});
