import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, expect, it } from 'vitest';
import type { Json } from '../../functions/call/document.ts';
import { answer } from '../../functions/models/agent.ts';
import { bedrock } from '../../functions/models/bedrock.ts';
import type { ConverseRequest } from '../../functions/models/model.ts';
import { type Answer, bedrockServer } from '../support/bedrock-server.ts';
import { collected } from '../support/collected.ts';

const MODEL = 'eu.amazon.nova-lite-v1:0';
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

const text = (...texts: string[]) => [
  { messageStart: { role: 'assistant' } },
  ...texts.map((part) => ({ contentBlockDelta: { delta: { text: part }, contentBlockIndex: 0 } })),
  { contentBlockStop: { contentBlockIndex: 0 } },
];
const stop = (stopReason: string) => ({ messageStop: { stopReason } });
const toolUse = (name: string, ...input: string[]) => [
  { contentBlockStart: { start: { toolUse: { toolUseId: 'use-1', name } }, contentBlockIndex: 1 } },
  ...input.map((part) => ({
    contentBlockDelta: { delta: { toolUse: { input: part } }, contentBlockIndex: 1 },
  })),
  { contentBlockStop: { contentBlockIndex: 1 } },
];

let server: Awaited<ReturnType<typeof bedrockServer>> | undefined;
let client: BedrockRuntimeClient | undefined;
afterEach(() => {
  client?.destroy();
  server?.stop();
});

async function modelThatAnswers(...answers: Answer[]) {
  server = await bedrockServer(...answers);
  client = new BedrockRuntimeClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 2,
  });
  return { converse: bedrock({ client, modelId: MODEL }), ...server };
}

const never = new AbortController().signal;

it('streams the words of a model, and asks it as Bedrock wants to be asked', async () => {
  const { converse, asked } = await modelThatAnswers([
    ...text('Guten ', 'Tag! ', 'Schön.'),
    stop('end_turn'),
  ]);
  expect(await collected(converse(REQUEST, never))).toEqual(['Guten ', 'Tag! ', 'Schön.']);
  expect(asked).toMatchObject([
    {
      path: `/model/${MODEL}/converse-stream`,
      headers: {
        authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 .*\/eu-central-1\/bedrock\//),
      },
      body: {
        system: [{ text: 'Be brief.' }],
        messages: [{ role: 'user', content: [{ text: 'Grüße aus Köln' }] }],
        toolConfig: {
          tools: [
            {
              toolSpec: {
                name: 'look_up',
                description: 'Where an order is.',
                inputSchema: { json: { type: 'object', properties: {} } },
              },
            },
          ],
        },
        inferenceConfig: { maxTokens: 500 },
      },
    },
  ]);
});

it('a word is there before the next one has come', async () => {
  const { converse } = await modelThatAnswers([...text('Now.'), 'hang']);
  const words = converse(REQUEST, never)[Symbol.asyncIterator]();
  expect(await words.next()).toEqual({ value: 'Now.', done: false });
});

it('goes round by a tool: its input comes in pieces, its result goes back beside what was said', async () => {
  const { converse, asked } = await modelThatAnswers(
    [...text('One moment. '), ...toolUse('look_up', '{"ord', 'er":"4711"}'), stop('tool_use')],
    [...text('It has ', 'left. It weighs 3.5 kg.'), stop('end_turn')],
  );
  const given: unknown[] = [];
  const look_up = {
    description: 'Where an order is.',
    async run(input: unknown) {
      given.push(input);
      return { where: 'on its way' };
    },
  };
  const { system, messages } = REQUEST;
  const sentences = answer({ converse, system, messages, tools: { look_up } }, never);
  expect(await collected(sentences)).toEqual(['One moment.', 'It has left.', 'It weighs 3.5 kg.']);
  expect(given).toEqual([{ order: '4711' }]);
  expect(asked[1]?.body).toMatchObject({
    messages: [
      ...messages,
      {
        role: 'assistant',
        content: [
          { text: 'One moment. ' },
          { toolUse: { toolUseId: 'use-1', name: 'look_up', input: { order: '4711' } } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'use-1', content: [{ json: { where: 'on its way' } }] } },
        ],
      },
    ],
  });
});

it.each([
  [{ where: 'here' }, { json: { where: 'here' } }],
  ['It has left.', { text: 'It has left.' }],
  ['', { text: '""' }],
  [['a', 'b'], { text: '["a","b"]' }],
  [null, { text: 'null' }],
  [47, { text: '47' }],
])('what a tool has found, %j, goes back as Bedrock takes it', async (json, content) => {
  const { converse, asked } = await modelThatAnswers([...text('Fine.'), stop('end_turn')]);
  const toolUse = { toolUseId: 'use-1', name: 'look_up', input: {} };
  const toolResult = { toolUseId: 'use-1', content: [{ json }] as [{ json: Json }] };
  const messages = [
    ...REQUEST.messages,
    { role: 'assistant' as const, content: [{ toolUse }] },
    { role: 'user' as const, content: [{ toolResult }] },
  ];
  await collected(converse({ ...REQUEST, messages }, never));
  expect(asked[0]?.body).toMatchObject({
    messages: [{}, {}, { content: [{ toolResult: { content: [content] } }] }],
  });
});

it('two tools come in blocks that are open at once', async () => {
  const starts = (toolUseId: string, contentBlockIndex: number) => ({
    contentBlockStart: { start: { toolUse: { toolUseId, name: 'look_up' } }, contentBlockIndex },
  });
  const goesOn = (input: string, contentBlockIndex: number) => ({
    contentBlockDelta: { delta: { toolUse: { input } }, contentBlockIndex },
  });
  const ends = (contentBlockIndex: number) => ({ contentBlockStop: { contentBlockIndex } });
  const { converse } = await modelThatAnswers([
    starts('a', 1),
    starts('b', 2),
    goesOn('{"order":', 1),
    goesOn('{"order":"2"', 2),
    goesOn('"1"}', 1),
    ends(1),
    goesOn('}', 2),
    ends(2),
    stop('tool_use'),
  ]);
  expect(await collected(converse(REQUEST, never))).toEqual([
    { toolUseId: 'a', name: 'look_up', input: { order: '1' } },
    { toolUseId: 'b', name: 'look_up', input: { order: '2' } },
  ]);
});

it('a tool without parameters comes without input', async () => {
  const { converse } = await modelThatAnswers([...toolUse('hang_up'), stop('tool_use')]);
  expect(await collected(converse(REQUEST, never))).toEqual([
    { toolUseId: 'use-1', name: 'hang_up', input: {} },
  ]);
});

it('is throttled: the SDK tries again, then says so', async () => {
  const throttled = { status: 429, error: 'ThrottlingException' };
  const { converse, asked } = await modelThatAnswers(throttled, throttled);
  await expect(collected(converse(REQUEST, never))).rejects.toThrow(
    expect.objectContaining({ name: 'ThrottlingException' }),
  );
  expect(asked).toHaveLength(2);
});

it('an error in mid-stream comes after the words before it', async () => {
  const { converse } = await modelThatAnswers([
    ...text('It has '),
    { throttlingException: { message: 'Slow down' } },
  ]);
  const words: unknown[] = [];
  const listening = (async () => {
    for await (const word of converse(REQUEST, never)) words.push(word);
  })();
  await expect(listening).rejects.toThrow(expect.objectContaining({ name: 'ThrottlingException' }));
  expect(words).toEqual(['It has ']);
});

it('is stopped by its signal, in mid-stream, and lets go of the connection', async () => {
  const { converse, closed } = await modelThatAnswers([...text('It has '), 'hang']);
  const stopping = new AbortController();
  const words = converse(REQUEST, stopping.signal)[Symbol.asyncIterator]();
  await words.next();
  const next = words.next();
  stopping.abort(new Error('the deadline is over'));
  await expect(next).rejects.toThrow();
  await expect.poll(() => closed).toHaveLength(1);
});
