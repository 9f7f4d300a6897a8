import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../functions/runtime/event-bus.ts';

function setup(FailedEntryCount = 0) {
  const calls: { Detail: string }[][] = [];
  const bus = createEventBus('bus', async (target, input) => {
    expect(target).toBe('AWSEvents.PutEvents');
    calls.push((input as { Entries: { Detail: string }[] }).Entries);
    return { FailedEntryCount };
  });
  return { calls, bus };
}

const entry = (detail: object) => ({ detailType: 'Interruption Queued', detail });

describe('the event bus', () => {
  it('puts ten at a time', async () => {
    const { calls, bus } = setup();
    await bus.put(Array.from({ length: 25 }, (_, n) => entry({ n })));
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 5]);
    expect(calls[0]?.[0]).toEqual({
      EventBusName: 'bus',
      Source: 'ai-flow-lambda',
      DetailType: 'Interruption Queued',
      Detail: '{"n":0}',
    });
  });

  it('puts fewer when they are large', async () => {
    const { calls, bus } = setup();
    await bus.put(Array.from({ length: 5 }, () => entry({ play: 'x'.repeat(100_000) })));
    expect(calls.map((entries) => entries.length)).toEqual([2, 2, 1]);
  });

  it('says so when some were not taken', async () => {
    await expect(setup(1).bus.put([entry({})])).rejects.toThrow('1 of 1');
  });
});
