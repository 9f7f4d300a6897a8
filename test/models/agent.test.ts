import { expect, it } from 'vitest';
import { answer, type Spent, type Tool } from '../../functions/models/agent.ts';
import type { Converse, ConverseRequest, ToolUse } from '../../functions/models/model.ts';
import { collected } from '../support/collected.ts';

const USE: ToolUse = { toolUseId: 'use-1', name: 'look_up', input: { order: '4711' } };

/** A model that gives these answers, one a round, and keeps what it was asked. */
function model(...answers: (string | ToolUse)[][]) {
  const asked: ConverseRequest[] = [];
  const converse: Converse = async function* converse(request) {
    asked.push(structuredClone(request));
    yield* answers.length > 1 ? (answers.shift() ?? []) : (answers[0] ?? []);
  };
  return { asked, converse };
}

/** What a model was told of its tools. */
const resultsIn = (request: ConverseRequest | undefined) =>
  request?.messages
    .at(-1)
    ?.content.flatMap((part) => ('toolResult' in part ? [part.toolResult.content[0].json] : []));

const ask = (converse: Converse, tools: Record<string, Tool> = {}) =>
  collected(
    answer(
      {
        converse,
        system: 'Be brief.',
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
        tools,
      },
      new AbortController().signal,
    ),
  );

const lookUp = (result: string | undefined): Tool => ({
  description: 'Looks up.',
  run: async () => result,
});

it('says sentences, without the white space between them', async () => {
  expect(await ask(model(['One. ', 'Two', '.\n\n', ' ']).converse)).toEqual(['One.', 'Two.']);
});

it('tells the model what a tool found, without a text that says nothing', async () => {
  const { converse, asked } = model(['\n', USE], ['Found.']);
  expect(await ask(converse, { look_up: lookUp('here') })).toEqual(['Found.']);
  expect(asked[1]?.messages.slice(1)).toEqual([
    { role: 'assistant', content: [{ toolUse: USE }] },
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 'use-1', content: [{ json: 'here' }] } }],
    },
  ]);
  expect(asked[0]?.tools).toEqual([
    { name: 'look_up', description: 'Looks up.', input: { type: 'object', properties: {} } },
  ]);
});

it('ends with a tool that has nothing to tell', async () => {
  const { converse, asked } = model(['Goodbye.', USE], ['Never said.']);
  expect(await ask(converse, { look_up: lookUp(undefined) })).toEqual(['Goodbye.']);
  expect(asked).toHaveLength(1);
});

it.each([
  ['no piece at all', []],
  ['white space', [' ', '\n']],
  ['a tool that finds something, and then nothing', [USE], ['  ']],
] as [string, ...(string | ToolUse)[][]][])('throws for %s', async (_, ...answers) => {
  await expect(ask(model(...answers, []).converse, { look_up: lookUp('here') })).rejects.toThrow(
    'said nothing',
  );
});

it('may say nothing more once it has said something', async () => {
  expect(await ask(model(['Let me look.', USE], []).converse, { look_up: lookUp('here') })).toEqual(
    ['Let me look.'],
  );
  expect(await ask(model([USE]).converse, { look_up: lookUp(undefined) })).toEqual([]);
});

it.each(['look_up', 'toString'])('tells the model that there is no tool %s', async (name) => {
  const { converse, asked } = model([{ ...USE, name }], ['I can’t do that.']);
  expect(await ask(converse)).toEqual(['I can’t do that.']);
  expect(resultsIn(asked[1])).toEqual([{ error: `There is no tool "${name}".` }]);
});

it('does not go round for ever', async () => {
  const { converse, asked } = model([USE]);
  await expect(ask(converse, { look_up: lookUp('here') })).rejects.toThrow('5 times');
  expect(asked).toHaveLength(5);
});

it('tells the model what went wrong with a tool, and goes on', async () => {
  const { converse, asked } = model([USE], ['I can’t reach the shop.']);
  const look_up = { description: 'Looks up.', run: () => Promise.reject(new Error('secret')) };
  expect(await ask(converse, { look_up })).toEqual(['I can’t reach the shop.']);
  expect(resultsIn(asked[1])).toEqual([{ error: 'It failed.' }]);
});

it('tells the results of all that is used at once, though one ends the answer by itself', async () => {
  const { converse, asked } = model(
    ['Wait. ', USE, { ...USE, toolUseId: 'use-2', name: 'hang_up' }],
    ['It is here.'],
  );
  const tools = { look_up: lookUp('here'), hang_up: lookUp(undefined) };
  expect(await ask(converse, tools)).toEqual(['Wait.', 'It is here.']);
  expect(resultsIn(asked[1])).toEqual(['here', 'done']);
});

it('asks once more where the model fails after something was done', async () => {
  let failures = 1;
  const { converse, asked } = model([USE], ['It is here.']);
  const shaky: Converse = async function* shaky(request, signal) {
    if (request.messages.length > 1 && failures-- > 0) throw new Error('reset');
    yield* converse(request, signal);
  };
  expect(await ask(shaky, { look_up: lookUp('here') })).toEqual(['It is here.']);
  expect(asked).toHaveLength(2);
});

it.each<[string, number, (string | ToolUse)[], string[]]>([
  ['before anything was done', 1, [], []],
  ['once it has been heard', 2, [USE, 'It is here. Or '], ['It is here.']],
  ['a third time', 3, [USE], []],
])('asks nobody %s', async (_, times, parts, heard) => {
  let asked = 0;
  const failing: Converse = async function* failing({ messages }) {
    asked++;
    const isFirst = messages.length === 1;
    yield* parts.filter((part) => isFirst === (typeof part === 'object'));
    if (asked < 4 && (!isFirst || parts.length === 0)) throw new Error('reset');
  };
  const said: string[] = [];
  const sentences = answer(
    {
      converse: failing,
      system: '',
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      tools: { look_up: lookUp('here') },
    },
    new AbortController().signal,
  );
  await expect(
    (async () => {
      for await (const sentence of sentences) said.push(sentence);
    })(),
  ).rejects.toThrow('reset');
  expect([asked, said]).toEqual([times, heard]);
});

it('reports what it has used, and ends with 1,500 characters', async () => {
  const reports: Spent[] = [];
  const long = `${'x'.repeat(299)}. `;
  const { converse } = model([USE], Array(8).fill(long));
  const sentences = answer(
    {
      converse,
      system: '',
      messages: [],
      tools: { look_up: lookUp('here') },
      now: () => 0,
      report: (spent) => reports.push(spent),
    },
    new AbortController().signal,
  );
  expect(await collected(sentences)).toHaveLength(5);
  expect(reports).toMatchObject([{ rounds: 2, tools: [{ name: 'look_up', ms: 0 }] }]);
});

it('ends what doesn’t end, and reports what it took', async () => {
  let now = 0;
  const reports: Spent[] = [];
  const converse: Converse = async function* converse() {
    yield { input_tokens: 80, output_tokens: 3 };
    for (;;) {
      now += 10;
      yield 'Another sentence. ';
    }
  };
  const sentences = answer(
    {
      converse,
      system: '',
      messages: [],
      tools: {},
      now: () => now,
      report: (spent) => reports.push(spent),
    },
    new AbortController().signal,
  );
  expect(await collected(sentences)).toHaveLength(16);
  expect(reports).toEqual([
    {
      rounds: 1,
      tools: [],
      sentences: 16,
      characters: 16 * 'Another sentence.'.length,
      input_tokens: 80,
      output_tokens: 3,
      first_ms: 20,
      ms: 170,
    },
  ]);
});
