import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../functions/runtime/event-bus.ts';
import { manualClock } from '../support/manual-clock.ts';
import { passing } from '../support/passing.ts';

interface Entry {
  Detail: string;
}

/**
 * A bus on EventBridge, which says these error codes to the entries of each call; it takes what is
 * left over.
 */
function setup(...codes: (string | undefined)[][]) {
  const calls: Entry[][] = [];
  const clock = manualClock();
  const bus = createEventBus({
    name: 'bus',
    async call(target, input) {
      expect(target).toBe('AWSEvents.PutEvents');
      const { Entries } = input as { Entries: Entry[] };
      const refused = codes[calls.length] ?? [];
      calls.push(Entries);
      return {
        Entries: Entries.map((_entry, n) =>
          refused[n] ? { ErrorCode: refused[n] } : { EventId: `${n}` },
        ),
      };
    },
    clock,
    random: () => 0.5,
  });
  const put = (details: object[]) =>
    passing(
      clock,
      bus.put(details.map((detail) => ({ detailType: 'Interruption Heard', detail }))),
      1_000,
    );
  return {
    calls,
    put,
    sent: () => calls.map((entries) => entries.map(({ Detail }) => JSON.parse(Detail).n)),
  };
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

describe('the event bus', () => {
  it('puts ten at a time', async () => {
    const { calls, put } = setup();
    await put(numbered(25));
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 5]);
    expect(calls[0]?.[0]).toEqual({
      EventBusName: 'bus',
      Source: 'ai-flow-lambda',
      DetailType: 'Interruption Heard',
      Detail: '{"n":0}',
    });
  });

  it('puts again what was not taken, and only that', async () => {
    const { put, sent } = setup(
      [undefined, 'ThrottlingException', 'InternalFailure'],
      ['ThrottlingException'],
    );
    await put(numbered(4));
    expect(sent()).toEqual([[0, 1, 2, 3], [1, 2], [1]]);
  });

  it('says how many were not taken, after three times or at once', async () => {
    const busy = ['ThrottlingException'];
    const throttled = setup(busy, busy, busy);
    await expect(throttled.put(numbered(2))).rejects.toThrow('1 of 2');
    expect(throttled.calls).toHaveLength(3);
    const malformed = setup(['MalformedDetail']);
    await expect(malformed.put(numbered(2))).rejects.toThrow('1 of 2');
    expect(malformed.calls).toHaveLength(1);
  });
});
