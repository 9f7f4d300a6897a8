import { afterEach, describe, expect, it } from 'vitest';
import { answer } from '../../functions/models/agent.ts';
import { modelAt } from '../../functions/models/configured-server.ts';
import type { ConverseRequest } from '../../functions/models/model.ts';
import { openAi } from '../../functions/models/openai.ts';
import { createStream } from '../../functions/models/stream.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { collected } from '../support/collected.ts';
import { type Answer, chunk, ended, event, openAiServer, words } from '../support/openai-server.ts';

const REQUEST: ConverseRequest = {
  system: 'Be brief.',
  messages: [{ role: 'user', content: [{ text: 'Grüße aus Köln' }] }],
  tools: [
    {
      name: 'look_up',
      description: 'Where an order is.',
      input: { type: 'object', properties: {} },
    },
  ],
};
const NOBODY = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const USAGE = { input_tokens: 82, output_tokens: 17 };
const never = new AbortController().signal;

let server: Awaited<ReturnType<typeof openAiServer>> | undefined;
afterEach(() => server?.stop());

async function modelThatAnswers(...answers: Answer[]) {
  server = await openAiServer(...answers);
  const keys: boolean[] = [];
  const converse = openAi({
    url: server.url,
    model: 'gpt-4o-mini',
    async key(fresh = false) {
      keys.push(fresh);
      return fresh ? 'new-key' : 'old-key';
    },
    stream: createStream(systemClock, 200),
    parameters: { temperature: 0.2, max_tokens: null },
  });
  return { converse, keys, ...server };
}

const call = (index: number, id?: string, name?: string, piece = '') =>
  chunk({
    tool_calls: [
      {
        index,
        ...(id && { id, type: 'function' }),
        function: { ...(name && { name }), arguments: piece },
      },
    ],
  });

it('streams the words of a model, and asks it as the protocol wants it', async () => {
  const { converse, asked } = await modelThatAnswers({
    stream: [...words('Guten ', 'Tag! '), ': keep-alive\n\n', ...words('Schön.'), ...ended('stop')],
  });
  expect(await collected(converse(REQUEST, never))).toEqual(['Guten ', 'Tag! ', 'Schön.', USAGE]);
  expect(asked).toMatchObject([
    { path: '/v1/chat/completions', headers: { authorization: 'Bearer old-key' } },
  ]);
  expect(asked[0]?.body).toEqual({
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Grüße aus Köln' },
    ],
    tools: [
      {
        type: 'function',
        function: {
          name: 'look_up',
          description: 'Where an order is.',
          parameters: { type: 'object', properties: {} },
        },
      },
    ],
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.2,
  });
});

it('reads a stream that is cut anywhere, within letters and lines', async () => {
  const whole = Buffer.from([...words('Grüße 👍 ', '您好。'), ...ended('stop')].join(''));
  const bytes = [...whole].map((byte) => Uint8Array.of(byte));
  const { converse } = await modelThatAnswers(
    { stream: bytes },
    { stream: [whole.toString().replaceAll('\n', '\r\n')] },
  );
  for (const _ of ['by bytes', 'with other ends of lines'])
    expect(await collected(converse(REQUEST, never))).toEqual(['Grüße 👍 ', '您好。', USAGE]);
});

it.each([
  [['<thi', 'nk>\nThey want ', 'an order.</th', 'ink>\n\nIt has ', 'left.'], 'It has left.'],
  [['\n', '<think></think>', 'It has left.'], 'It has left.'],
  [['<think>They want', ' an order.'], ''],
  [['<', 'b>It</b> has left.'], '<b>It</b> has left.'],
  [['Say <think> and', ' </think>.'], 'Say <think> and </think>.'],
])('keeps what a model thinks aloud to itself: %j', async (pieces, said) => {
  const { converse } = await modelThatAnswers({ stream: [...words(...pieces), ...ended('stop')] });
  const parts = await collected(converse(REQUEST, never));
  expect(parts.filter((part) => typeof part === 'string').join('')).toBe(said);
});

it('a word is there before the next one has come', async () => {
  const { converse } = await modelThatAnswers({ stream: words('Now.'), then: 'hang' });
  const parts = converse(REQUEST, never)[Symbol.asyncIterator]();
  expect(await parts.next()).toEqual({ value: 'Now.', done: false });
});

it('goes round by two tools at once, whose arguments come in turn', async () => {
  const { converse, asked } = await modelThatAnswers(
    {
      stream: [
        ...words('One moment. '),
        call(0, 'call_a', 'look_up', ''),
        call(0, undefined, undefined, '{"ord'),
        call(1, 'call_b', 'look_up', '{"order":'),
        call(0, undefined, undefined, 'er":"4711"}'),
        call(1, undefined, undefined, '"4712"}'),
        ...ended('tool_calls'),
      ],
    },
    { stream: [...words('Both have left.'), ...ended('stop')] },
  );
  const look_up = {
    description: 'Where an order is.',
    input: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
    run: async (input: unknown) => ({ left: (input as { order: string }).order }),
  };
  const { system, messages } = REQUEST;
  const sentences = answer({ converse, system, messages, tools: { look_up } }, never);
  expect(await collected(sentences)).toEqual(['One moment.', 'Both have left.']);
  const asks = (id: string, order: string) => ({
    id,
    type: 'function',
    function: { name: 'look_up', arguments: `{"order":"${order}"}` },
  });
  expect(asked[1]?.body.messages.slice(2)).toEqual([
    {
      role: 'assistant',
      content: 'One moment. ',
      tool_calls: [asks('call_a', '4711'), asks('call_b', '4712')],
    },
    { role: 'tool', tool_call_id: 'call_a', content: '{"left":"4711"}' },
    { role: 'tool', tool_call_id: 'call_b', content: '{"left":"4712"}' },
  ]);
});

it.each([
  ['whole and without an index', [{ id: 'x', function: { name: 'hang_up', arguments: '' } }]],
  ['without an id', [{ index: 0, function: { name: 'hang_up', arguments: '{}' } }]],
])('takes a tool that comes %s', async (_, tool_calls) => {
  const { converse } = await modelThatAnswers({
    stream: [chunk({ tool_calls }), ...ended('tool_calls')],
  });
  expect(await collected(converse(REQUEST, never))).toContainEqual({
    toolUseId: expect.stringMatching(/^(x|call-0)$/),
    name: 'hang_up',
    input: {},
  });
});

const named = (id: string | null, name: string | null, written: string | null, index?: number) => ({
  ...(index !== undefined && { index }),
  id,
  type: 'function',
  function: { name, arguments: written },
});

/* As servers were seen to send them that follow the protocol in most of it. */
it.each<[string, string, object[][]]>([
  [
    'both at index 0, told apart by their ids',
    'https://github.com/BerriAI/litellm/pull/21337',
    [
      [named('a', 'look_up', '{"order":', 0)],
      [named(null, null, '"1"}', 0)],
      [named('b', 'look_up', '{"order":"2"}', 0)],
    ],
  ],
  [
    'both in one piece',
    'https://github.com/maximhq/bifrost/pull/7235',
    [[named('a', 'look_up', '{"order":"1"}', 0), named('b', 'look_up', '{"order":"2"}', 1)]],
  ],
  [
    'in turn, with nulls for what isn’t there',
    'https://github.com/QwenLM/Qwen-Agent/pull/943',
    [
      [named('a', 'look_up', null, 0), named('b', 'look_up', '', 1)],
      [named(null, null, '{"order":', 1), named(null, null, '{"order":', 0)],
      [named(null, null, '"1"}', 0), named(null, null, '"2"}', 1)],
      [{ index: 0, id: null, function: null }],
    ],
  ],
  [
    'whose ids are said again in every piece',
    'https://github.com/QwenLM/Qwen-Agent/pull/943',
    [
      [named('a', 'look_up', '{"order":', 0)],
      [named('a', null, '"1"}', 0)],
      [named('b', 'look_up', '{"order":"2"}', 1)],
    ],
  ],
])('takes two tools %s (%s)', async (_, _source, pieces) => {
  const { converse } = await modelThatAnswers({
    stream: [...pieces.map((tool_calls) => chunk({ tool_calls })), ...ended('tool_calls')],
  });
  const uses = (await collected(converse(REQUEST, never))).filter(
    (part) => typeof part === 'object' && 'name' in part,
  );
  expect(uses).toEqual([
    { toolUseId: 'a', name: 'look_up', input: { order: '1' } },
    { toolUseId: 'b', name: 'look_up', input: { order: '2' } },
  ]);
});

it('says of parts only what is a text', async () => {
  // Source: https://docs.mistral.ai/capabilities/reasoning
  const thinking = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Secret.' }] }];
  const { converse } = await modelThatAnswers({
    stream: [
      chunk({ content: thinking }),
      chunk({ content: [{ type: 'text', text: 'It is ' }] }),
      ...words('packed.'),
      ...ended('stop'),
    ],
  });
  expect(await collected(converse(REQUEST, never))).toEqual(['It is ', 'packed.', USAGE]);
});

it('reads a usage that comes without choices', async () => {
  const usage = { prompt_tokens: 82, completion_tokens: 17 };
  const { converse } = await modelThatAnswers({
    // Source: https://docs.rs/openai-interface/0.12.0 (of vLLM)
    stream: [...words('Yes.'), chunk({}, 'stop'), event({ choices: null, usage }), event('[DONE]')],
  });
  expect(await collected(converse(REQUEST, never))).toEqual(['Yes.', USAGE]);
});

it('gives what it can’t read of a tool back to who reads it', async () => {
  const { converse } = await modelThatAnswers({
    stream: [call(0, 'call_a', 'look_up', '{"order": 47'), ...ended('tool_calls')],
  });
  expect(await collected(converse(REQUEST, never))).toContainEqual({
    toolUseId: 'call_a',
    name: 'look_up',
    input: { unreadable: '{"order": 47' },
  });
});

describe('a stream that goes wrong', () => {
  /** What came, and what was thrown. */
  async function outcome(answer: Answer) {
    const { converse } = await modelThatAnswers(answer);
    const came: unknown[] = [];
    try {
      for await (const part of converse(REQUEST, never)) came.push(part);
    } catch (error) {
      return { came, error };
    }
    throw new Error('it did not fail');
  }

  it.each<[string, Answer, object]>([
    [
      'an error in mid-stream',
      {
        stream: [...words('It has '), event({ error: { message: 'secret', code: 'overloaded' } })],
      },
      { name: 'ModelRefused', message: 'the model answered 200: overloaded' },
    ],
    ['its end', { stream: words('It has ') }, { name: 'ModelStopped' }],
    ['a reset', { stream: words('It has '), then: 'reset' }, { code: 'ECONNRESET' }],
    [
      'silence',
      { stream: words('It has '), then: 'hang' },
      { message: 'the model was silent for 200 ms' },
    ],
    ['nonsense', { stream: [...words('It has '), 'data: {"choi\n\n'] }, { name: 'ModelStopped' }],
  ])('%s', async (_, answer, error) => {
    const result = await outcome(answer);
    expect(result.came).toEqual(['It has ']);
    expect(result.error).toMatchObject(error);
  });
});

describe('a model that refuses', () => {
  const busy = (after?: string) => ({
    status: 429,
    ...(after && { headers: { 'retry-after': after } }),
    body: { error: { message: 'You said "my secret"', type: 'requests', code: 'rate_limit' } },
  });
  const fine = { stream: [...words('Fine.'), ...ended('stop')] };

  it('is asked again when it says', async () => {
    const { converse, asked } = await modelThatAnswers(busy('0'), { status: 503 }, fine);
    expect(await collected(converse(REQUEST, never))).toEqual(['Fine.', USAGE]);
    expect(asked).toHaveLength(3);
  });

  it('is not waited for longer than a caller would', async () => {
    const { converse, asked } = await modelThatAnswers(busy('20'), fine);
    await expect(collected(converse(REQUEST, never))).rejects.toMatchObject({
      status: 429,
      message: 'the model answered 429: rate_limit',
    });
    expect(asked).toHaveLength(1);
  });

  it('is asked once more with the key that is new', async () => {
    const { converse, asked, keys } = await modelThatAnswers({ status: 401 }, fine);
    expect(await collected(converse(REQUEST, never))).toEqual(['Fine.', USAGE]);
    expect(asked[1]?.headers.authorization).toBe('Bearer new-key');
    expect(keys).toEqual([false, true]);
  });

  it('is shown the key that the secret holds, and then the one that took its place', async () => {
    const secret = (SecretString: string) => ({ status: 200, body: { SecretString } });
    server = await openAiServer(secret('sk-old\n'), { status: 401 }, secret('sk-new'), fine, fine);
    const { url, asked } = server;
    const converse = modelAt({
      url,
      model: 'gpt-4o-mini',
      key: { id: 'openai/key', value: undefined },
      secretsManager: () => ({ region: 'eu-central-1', endpoint: url, credentials: NOBODY }),
      parameters: {},
    });
    expect(await collected(converse(REQUEST, never))).toEqual(['Fine.', USAGE]);
    expect(await collected(converse(REQUEST, never))).toEqual(['Fine.', USAGE]);
    expect(asked.map(({ body }) => body.SecretId ?? body.model)).toEqual([
      'openai/key',
      'gpt-4o-mini',
      'openai/key',
      'gpt-4o-mini',
      'gpt-4o-mini',
    ]);
    expect(
      asked.filter(({ body }) => body.model).map(({ headers }) => headers.authorization),
    ).toEqual(['Bearer sk-old', 'Bearer sk-new', 'Bearer sk-new']);
  });

  it('says with which status, if it has no word for it', async () => {
    const { converse } = await modelThatAnswers({ status: 400 });
    await expect(collected(converse(REQUEST, never))).rejects.toThrow('the model answered 400');
  });
});

it('is stopped by its signal, in mid-stream, and lets go of the connection', async () => {
  const { converse, closed } = await modelThatAnswers({ stream: words('It has '), then: 'hang' });
  const stopping = new AbortController();
  const parts = converse(REQUEST, stopping.signal)[Symbol.asyncIterator]();
  await parts.next();
  const next = parts.next();
  stopping.abort(new Error('the deadline is over'));
  await expect(next).rejects.toThrow();
  await expect.poll(closed).toBe(1);
});

it('leaves a model that is not listened to any more', async () => {
  const { converse, closed } = await modelThatAnswers({ stream: words('It has '), then: 'hang' });
  for await (const _ of converse(REQUEST, never)) break;
  await expect.poll(closed).toBe(1);
});
