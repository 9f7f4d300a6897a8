import { describe, expect, it } from 'vitest';
import { faultIn } from '../../functions/models/schema.ts';
import { type Tool, type Tools, use } from '../../functions/models/tools.ts';

const signal = new AbortController().signal;
let turns = 0;

/** What a model is told of a tool that it has asked for. */
const told = async (tools: Tools, name: string, input: object = {}, key = `turn-${++turns}`) => {
  const asked = { toolUseId: 'use-1', name, input: input as never };
  const { result } = await use(asked, { tools, key, now: Date.now }, signal);
  return result?.content[0].json;
};

const tool = (run: Tool['run'], more: Partial<Tool> = {}): Tools => ({
  order: { description: 'Orders.', run, ...more },
});

describe('a tool that goes wrong', () => {
  it('is told to the model, without what nobody is to hear', async () => {
    const fails = (error: Error) => () => Promise.reject(error);
    const known = Object.assign(new Error('It is sold out.'), { expose: true });
    expect(await told(tool(fails(new Error('password=1234'))), 'order')).toEqual({
      error: 'It failed.',
    });
    expect(await told(tool(fails(known)), 'order')).toEqual({ error: 'It is sold out.' });
    const throwing = tool(() => {
      throw new Error('at once');
    });
    expect(await told(throwing, 'order')).toEqual({ error: 'It failed.' });
  });

  it('or is none', async () => {
    expect(await told({}, 'constructor')).toEqual({ error: 'There is no tool "constructor".' });
  });

  it('or takes too long: it is aborted', async () => {
    let aborted = false;
    const slow = tool(
      (_input, context) =>
        new Promise(() => context.signal.addEventListener('abort', () => (aborted = true))),
      { timeout_ms: 5 },
    );
    expect(await told(slow, 'order')).toEqual({
      error: 'It took too long. It may have been done all the same.',
    });
    expect(aborted).toBe(true);
  });

  it('is not run with what its schema refuses', async () => {
    let runs = 0;
    const input = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const counted = tool(async () => ++runs, { input });
    expect(await told(counted, 'order')).toEqual({ error: 'input.n is missing.' });
    expect(await told(counted, 'order', { n: '1' })).toEqual({ error: 'input.n must be integer.' });
    expect(runs).toBe(0);
    expect(await told(counted, 'order', { n: 1 })).toBe(1);
  });
});

it('a tool with effects runs once in a turn, however often it is asked for', async () => {
  const keys: string[] = [];
  const ordering = tool(
    async (_input, { key }) => {
      keys.push(key);
      return 'ordered';
    },
    { effects: true },
  );
  const ask = (input: object, key: string) => told(ordering, 'order', input, key);
  expect(await Promise.all([ask({ a: 1, b: 2 }, 'call:7'), ask({ b: 2, a: 1 }, 'call:7')])).toEqual(
    ['ordered', 'ordered'],
  );
  expect(await ask({ a: 1, b: 2 }, 'call:7')).toBe('ordered');
  expect(keys).toHaveLength(1);
  await ask({ a: 2, b: 2 }, 'call:7');
  await ask({ a: 1, b: 2 }, 'call:8');
  expect(new Set(keys).size).toBe(3);
});

it('is aborted with its turn, and not begun after it', async () => {
  const stopping = new AbortController();
  let began = 0;
  const waiting = tool(() => {
    began++;
    return new Promise(() => {});
  });
  const asked = { toolUseId: 'use-1', name: 'order', input: {} };
  const turn = { tools: waiting, key: 'turn', now: Date.now };
  const using = use(asked, turn, stopping.signal);
  stopping.abort(new Error('a newer turn'));
  await expect(using).rejects.toThrow('a newer turn');
  await expect(use(asked, turn, stopping.signal)).rejects.toThrow('a newer turn');
  expect(began).toBe(1);
});

it('what is too long to be read is cut', async () => {
  const result = await told(
    tool(async () => 'x'.repeat(100_000)),
    'order',
  );
  expect(JSON.stringify(result).length).toBeLessThan(8_100);
});

it.each([
  [{ type: 'string', enum: ['a', 'b'] }, 'c', 'input must be one of ["a","b"]'],
  [{ type: ['string', 'null'] }, null, undefined],
  [{ type: 'number', minimum: 1, maximum: 3 }, 4, 'input must be at most 3'],
  [{ type: 'number', minimum: 1 }, 0, 'input must be at least 1'],
  [{ type: 'array', items: { type: 'string' } }, ['a', 1], 'input[1] must be string'],
  [{ type: 'string', pattern: '^\\d+$' }, 'x', 'input must match ^\\d+$'],
  [{ type: 'string', maxLength: 1 }, 'xx', 'input must be at most 1 characters'],
  [{ type: 'object', additionalProperties: false }, { a: 1 }, 'input.a is not known'],
  [{ type: 'object', properties: { a: { type: 'boolean' } } }, { a: true, b: 1 }, undefined],
  [{ type: 'object', required: ['toString'] }, {}, 'input.toString is missing'],
  [{}, 'anything', undefined],
])('the schema %j finds of %j: %s', (schema, value, fault) => {
  expect(faultIn(value, schema)).toBe(fault);
});
