import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createOutcomes, type OutcomeEvent } from '../../functions/interruption/outcomes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import {
  interruptionJsonSchema,
  outcomeEventJsonSchema,
  outcomeEventSchema,
  schemaRoutes,
} from '../../local/schemas.ts';
import { recordingLog } from '../support/log.ts';

/** Without the rules of which zod understands nothing: what is required of an object that is described elsewhere. */
const shape = JSON.stringify(interruptionJsonSchema(), (key, of) =>
  key === 'oneOf' && of.every(({ type }: { type?: string }) => type === undefined) ? undefined : of,
);
const interruption = z.fromJSONSchema(JSON.parse(shape));
const SAY = { session_id: 'abc', say: 'Hi' };

describe('the JSON Schemas in docs/schemas', () => {
  // Not current? `npx vitest run --project unit test/infra/schemas -u` writes them anew.
  it.each([
    ['interruption', interruptionJsonSchema],
    ['outcome-event', outcomeEventJsonSchema],
  ])('%s.json is what the code says, and what the runtime serves', async (name, schema) => {
    const text = `${JSON.stringify(schema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../docs/schemas/${name}.json`);
    expect(await (await schemaRoutes().request(`/${name}.json`)).json()).toEqual(schema());
  });

  it('name every field of an interruption, and no other', () => {
    const { properties, additionalProperties, oneOf } = interruptionJsonSchema();
    expect(Object.keys(properties ?? {})).toEqual(
      expect.arrayContaining(['target', 'say', 'play', 'context', 'then', 'id', 'cancel']),
    );
    expect(additionalProperties).toBe(false);
    expect(oneOf).toEqual([{ required: ['target'] }, { required: ['session_id'] }]);
    expect(properties).toMatchObject({
      target: { oneOf: expect.arrayContaining([{ required: ['label'] }]) },
      say: {
        anyOf: [{ type: 'string' }, { oneOf: [{ required: ['text'] }, { required: ['ssml'] }] }],
      },
    });
  });

  it.each<[boolean, object]>([
    [true, SAY],
    [true, { target: { label: 'order:1', account_id: 'a' }, context: { a: [1, null] } }],
    [true, { ...SAY, say: { ssml: '<speak>Hi</speak>', barge_in: { strategy: 'none' } } }],
    [true, { ...SAY, then: [{ type: 'hangup' }], expires_at: '2026-11-23T09:00:00Z' }],
    [true, { session_id: 'abc', play: { asset: 'hold-music' } }],
    [false, { ...SAY, sya: 'Hi' }],
    [false, { ...SAY, say: { type: 'speak', text: 'Hi' } }],
    [false, { ...SAY, then: [{ type: 'barge_in' }] }],
  ])('say %s of %j, as the function does', (right, request) => {
    const parsed = () => parseInterruption(request, { id: 'x', at: 0 }, 0);
    if (!('play' in request)) expect(succeeds(parsed)).toBe(right);
    expect(interruption.safeParse(request).success).toBe(right);
  });

  it.each<OutcomeEvent>([
    { interruption_id: 'a', session_id: 's', outcome: 'delivered', resumed: true },
    { interruption_id: 'a', session_id: 's', outcome: 'heard', took_ms: 120 },
    { interruption_id: 'a', outcome: 'skipped', reason: 'unknown_session' },
    {
      interruption_id: 'a',
      session_id: 's',
      outcome: 'skipped',
      reason: 'duplicate',
      differs: true,
    },
    { interruption_id: 'a', session_id: 's', outcome: 'then_skipped', reason: 'silenced' },
    {
      interruption_id: 'a',
      outcome: 'failed',
      error: { code: 'unresolved_path', message: 'no', retryable: false },
    },
  ])('take what is published: $outcome $reason', async (event) => {
    const put: object[] = [];
    const bus = {
      put: async (entries: readonly { detailType: string; detail: object }[]) =>
        void put.push(...entries),
    };
    await createOutcomes({ bus, log: recordingLog() }).publish([event]);
    const [{ detailType, detail }] = put as [{ detailType: string; detail: object }];
    const published = { source: 'ai-flow-lambda', 'detail-type': detailType, detail };
    expect(outcomeEventSchema.parse(published)).toEqual(published);
  });
});

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
