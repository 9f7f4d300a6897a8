import { expect, it } from 'vitest';
import { answer, type Tool } from '../../functions/models/agent.ts';
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
