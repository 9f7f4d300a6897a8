import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { failed, type Outcome, type OutcomeEvent } from '../../functions/call/outcome.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { AssetUnavailable } from '../../functions/runtime/assets.ts';
import { openApi } from '../../local/openapi.ts';
import { SCHEMAS, schemaRoutes } from '../../local/schema-routes.ts';
import { interruptionJsonSchema, outcomeEventSchema } from '../../local/schemas.ts';
import { http } from '../support/envelopes.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

/**
 * Without the rules of which zod understands nothing: what is required of an object that is
 * described elsewhere.
 */
const shape = JSON.stringify(interruptionJsonSchema(), (key, of) =>
  key === 'oneOf' && of.every(({ type }: { type?: string }) => type === undefined) ? undefined : of,
);
const interruption = z.fromJSONSchema(JSON.parse(shape));
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
const SAY = { session_id: 'abc', say: 'Hi' };

describe('the JSON Schemas in docs/schemas', () => {
  // Not current? `npx vitest run --project infra test/infra/schemas -u` writes them anew.
  it.each(Object.entries<() => object>(SCHEMAS))(
    '%s.json is what the code says, and what the runtime serves',
    async (name, schema) => {
      const text = `${JSON.stringify(schema(), null, 2)}\n`;
      await expect(text).toMatchFileSnapshot(`../../docs/schemas/${name}.json`);
      expect(await (await schemaRoutes().request(`/${name}.json`)).json()).toEqual(schema());
    },
  );

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

describe('the OpenAPI document', () => {
  const document = openApi();
  const { schemas } = document.components as { schemas: Record<string, JsonSchema> };

  it('refers to nothing that is not there', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    expect(new Set(refs)).toEqual(
      new Set(Object.keys(schemas).map((name) => `#/components/schemas/${name}`)),
    );
  });

  const answered: Outcome[][] = [
    [{ session_id: 'abc', outcome: 'delivered', resumed: true }],
    [{ session_id: 'abc', outcome: 'deferred' }],
    ...(['duplicate', 'unknown_session', 'session_ended', 'stale_turn', 'queue_full'] as const).map(
      (reason): Outcome[] => [{ session_id: 'abc', outcome: 'skipped', reason }],
    ),
    [failed('abc', 'unreachable', 'no', true)],
    [failed('abc', 'invalid_context', 'no', false)],
    [],
  ];
  const requests: [string, object][] = [
    ['not JSON', { body: '{' }],
    ['no interruption', { body: '{"say": 7}' }],
    ['a clip', { body: JSON.stringify({ session_id: 'abc', play: { asset: 'gong' } }) }],
    ['too much', { body: JSON.stringify({ session_id: 'abc', say: 'x'.repeat(300_000) }) }],
  ];

  it.each([
    ...answered.map((outcomes) => [JSON.stringify(outcomes), {}, outcomes] as const),
    ...requests.map(([what, over]) => [what, over, []] as const),
  ])('says what POST /interruptions answers: %s', async (_what, over, outcomes) => {
    const handle = createInterruptHandler({
      interrupt: async () => ({ outcomes }),
      look: async () => {},
      outcomes: { publish: async () => {} },
      assets: {
        names: () => [],
        nameOf: () => undefined,
        clip: () => Promise.reject(new AssetUnavailable('no')),
      },
      clock: manualClock(),
      log: recordingLog(),
    });
    const { statusCode, body } = (await handle({ ...http(SAY), ...over })) as {
      statusCode: 200;
      body: string;
    };
    const { content } = document.paths['/interruptions'].post.responses[statusCode] as {
      content: { 'application/json': { schema: { $ref?: string; anyOf?: { $ref: string }[] } } };
    };
    const { schema } = content['application/json'];
    const fitting = (schema.anyOf ?? [schema]).filter(
      ({ $ref = '' }) =>
        z.fromJSONSchema(schemas[$ref.split('/').at(-1) ?? ''] ?? {}).safeParse(JSON.parse(body))
          .success,
    );
    expect(fitting).toHaveLength(1);
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
