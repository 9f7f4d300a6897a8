import { describe, expect, it } from 'vitest';
import type { OutcomeEvent } from '../../functions/call/outcome.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { type Mapped, resolveMapping } from '../../functions/interruption/mapping.ts';
import { type Interruption, InvalidInterruption } from '../../functions/interruption/request.ts';
import { cpuTime } from '../support/cpu-time.ts';
import { eventBridge } from '../support/envelopes.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { manualClock } from '../support/manual-clock.ts';

const ORDER = {
  orderId: 4711,
  customer: { name: 'Anna {$.account} "$.x" Schmidt', phone: '+49 176 39123456' },
  items: [{ sku: 'a' }, { sku: 'b', 'made of': { wood: true } }],
  note: null,
  empty: ' ',
  huge: 2 ** 60,
  message: JSON.stringify({ detail: { id: 7, body: '{"deep":["x"]}' } }),
};
const EVENT = eventBridge(ORDER);
const LABEL = { target: { label: 'order:{$.detail.orderId}' } };

const map = (interruption: unknown, event: unknown = EVENT) =>
  resolveMapping({ interruption, event });
const context = (of: unknown) =>
  (map({ ...LABEL, context: { of } }).request as { context: { of: unknown } }).context.of;
const refusal = (interruption: unknown, event?: unknown) => {
  try {
    map(interruption, event);
  } catch (error) {
    if (error instanceof InvalidInterruption) return error.told;
    throw error;
  }
  return undefined;
};

describe('a path', () => {
  it.each([
    ['alone keeps a number', '$.detail.orderId', 4711],
    ['alone keeps an object', '$.detail.items[0]', { sku: 'a' }],
    ['alone keeps null', '$.detail.note', null],
    ['alone keeps a text as it is', '$.detail.customer.name', ORDER.customer.name],
    ['is the event', '$', EVENT],
    ['has keys with hyphens', '$.detail-type', 'Order Shipped'],
    ['has keys with whatever', '$.detail.items[1]["made of"]["wood"]', true],
    ["has keys in single quotes', too", "$['detail']['orderId']", 4711],
    ['goes through JSON in a text', '$.detail.message.detail.id', 7],
    ['goes through JSON in JSON', '$.detail.message.detail.body.deep[0]', 'x'],
    ['in braces is a text', '{$.detail.orderId}', '4711'],
    ['in braces stands in a text', 'No. {$.detail.orderId}, {$.id}!', `No. 4711, ${EVENT.id}!`],
    ['is put in once', 'Hi {$.detail.customer.name}', `Hi ${ORDER.customer.name}`],
    ['beside a brace', '{{{$.detail.orderId}}', '{4711}'],
    ['that leads nowhere is left out', '$.detail.nothing.at.all[3]', undefined],
    ['that leads nowhere takes its text with it', 'It is {$.detail.nothing}', undefined],
    ['to an object has no text', 'It is {$.detail.items}', undefined],
    ['does not lead to what every object has', '$.detail.constructor.name', undefined],
    ['does not count', '$.detail.items.length', undefined],
  ])('%s', (_what, text, value) => {
    expect(context(text)).toEqual(value);
  });

  it.each(['$5 off', '$.50 off', 'It costs 5$. Really', 'a } b', '$detail', ''])(
    'is not what %j is',
    (text) => expect(context(text)).toBe(text),
  );

  it.each([
    'Order $.detail.orderId has shipped',
    '$.detail.orderId has shipped',
    '$.detail..orderId',
    '$.detail.',
    '$.',
    '$..a',
    '$.detail[x]',
    '$.detail[-1]',
    '$["a',
    '{detail.orderId}',
    '{{$.detail.orderId}}',
    '{$.detail.orderId',
    '{$.detail.order id}',
    '{}',
    '{',
  ])('is neither %j, which is refused', (text) => {
    expect(refusal({ ...LABEL, say: text })).toMatch(/^say (is no path|has a )/);
  });
});

describe('a mapping', () => {
  it('makes texts of numbers where a text belongs, and nowhere else', () => {
    const id = '$.detail.orderId';
    expect(map({ target: { label: id }, id, say: id, max_age_seconds: id }).request).toEqual({
      target: { label: '4711' },
      id: '4711',
      say: '4711',
      max_age_seconds: 4711,
    });
  });

  it.each([
    ['target', { target: { label: 'order:{$.detail.nothing}' }, say: 'Hi' }, 'target.label'],
    ['a target alone', { target: { caller: '$.detail.nothing' } }, 'target.caller'],
    ['an empty text', { target: { label: 'order:{$.detail.empty}' } }, 'target.label'],
    ['null', { target: { label: '$.detail.note' } }, 'target.label'],
    ['an object', { ...LABEL, say: '$.detail.customer' }, 'say'],
    ['an object as a target', { target: { label: '$.detail.customer' } }, 'target.label'],
    ['a session', { session_id: '$.detail.nothing' }, 'session_id'],
    ['the id', { ...LABEL, id: 'shipped-{$.detail.nothing}' }, 'id'],
    ['a guard', { ...LABEL, if_turn: '$.detail.turn' }, 'if_turn'],
    ['a rounded number', { target: { label: '$.detail.huge' } }, 'target.label'],
    ['all of a context', { ...LABEL, context: '$.detail.nothing' }, 'context'],
    ['a then', { ...LABEL, say: 'Hi', then: [{ type: '$.detail.nothing' }] }, 'then.0'],
  ])('whose path finds nothing for %s is unresolved', (_what, interruption, field) => {
    expect(map(interruption).unresolved?.loggedField).toBe(field);
  });

  it.each([
    ['$.detail.target', { target: '$.detail.target' }],
    ['a text', { target: 'everyone' }],
    ['everyone by a path', { target: { everyone: '$.detail.all' } }],
  ])('names who is meant: %s is refused as a target', (_what, interruption) => {
    const event = eventBridge({ target: { everyone: true }, all: true });
    expect(refusal(interruption, event)).toContain('target');
  });

  it.each([
    ['deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['long', JSON.stringify('x'.repeat(200_000))],
    ['wide', JSON.stringify(Array(20_000).fill(1))],
  ])('of a %s value is refused rather than too slow', (_what, text) => {
    const event = { detail: { value: JSON.parse(text), text } };
    const began = cpuTime();
    for (const path of ['$.detail.value', '$.detail.text', '$.detail.text[0][0]']) {
      const of = Array(2_000).fill(path);
      expect(refusal({ ...LABEL, context: { of } }, event) ?? 'fits').toMatch(/must|fits/);
      expect(refusal({ ...LABEL, say: `{${path}}`.repeat(2_000) }, event) ?? 'fits').toMatch(
        /must|fits/,
      );
    }
    expect(cpuTime() - began).toBeLessThan(2_000);
  });

  it.each(['$', '{', '{{', '$.', '$[', '{$', '{$.a', '$.a', '["', "$['a"])(
    'of a hundred thousand %j is read at once',
    (piece) => {
      const began = cpuTime();
      refusal({ ...LABEL, say: piece.repeat(100_000) });
      refusal({ ...LABEL, say: `$${piece.repeat(100_000)}` });
      expect(cpuTime() - began).toBeLessThan(1_000);
    },
  );
});

describe('the function', () => {
  const NOW = Date.parse('2026-11-23T12:00:02Z');

  function stage() {
    const seen: Interruption[] = [];
    const published: OutcomeEvent[] = [];
    const told = lambdaLog();
    const handle = createInterruptHandler({
      interrupt: async (interruption) => {
        seen.push(interruption);
        return { outcomes: [] };
      },
      look: async () => {},
      outcomes: { publish: async (events) => void published.push(...events) },
      clock: manualClock(NOW),
      log: told.log,
    });
    return { seen, published, told, handle: (mapped: Mapped) => handle(mapped) };
  }

  it('takes an event that nobody has changed, with its id and its time', async () => {
    const { seen, handle } = stage();
    const interruption = { ...LABEL, context: { status: '$.detail-type' } };
    await handle({ interruption, event: EVENT });
    expect(seen).toMatchObject([
      {
        id: EVENT.id,
        target: { label: 'order:4711' },
        triggered_at: Date.parse(EVENT.time),
        context: { status: 'Order Shipped' },
      },
    ]);
  });

  it('gives an event without either of its own', async () => {
    const { seen, handle } = stage();
    await handle({ interruption: { ...LABEL, say: 'Hi' }, event: { detail: ORDER, id: 7 } });
    expect(seen).toMatchObject([{ id: 'direct', triggered_at: NOW }]);
  });

  it('publishes what a path did not find, and leaves a dead letter; neither holds a value', async () => {
    const { seen, published, told, handle } = stage();
    const interruption = { target: { caller: '$.detail.customer' }, id: 'a-{$.detail.orderId}' };
    await expect(handle({ interruption, event: EVENT })).rejects.toThrow(
      /^target.caller has a path/,
    );
    expect(seen).toEqual([]);
    expect(published).toMatchObject([
      {
        interruption_id: 'a-4711',
        outcome: 'failed',
        error: { code: 'unresolved_path', retryable: false },
      },
    ]);
    expect(JSON.stringify([published, told])).not.toMatch(/Anna|17639/);
  });

  it.each([
    ['names everyone', { everyone: true }],
    ['is a mapping of its own', { label: '{$.detail.orderId}' }],
  ])('is not led to others by a value that %s', async (_what, value) => {
    const { seen, handle } = stage();
    const [text, event] = [JSON.stringify(value), eventBridge({ orderId: JSON.stringify(value) })];
    await handle({ interruption: { ...LABEL, say: 'Hi' }, event });
    expect(seen).toMatchObject([{ target: { label: `order:${text}` } }]);
  });

  it.each([[undefined], [null], ['$.detail'], [[]], [7]])(
    'refuses %j as a mapping',
    async (interruption) => {
      const { handle } = stage();
      await expect(handle({ interruption, event: EVENT })).rejects.toThrow(InvalidInterruption);
    },
  );
});
