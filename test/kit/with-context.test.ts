import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { TemplateContext, TemplateSession } from '../../functions/assistant/template.ts';
import type { Json } from '../../functions/call/document.ts';
import { type ContextSchema, withContext } from '../../functions/kit/with-context.ts';

const parcel = z.object({ status: z.string(), parcels: z.array(z.object({ kg: z.number() })) });

const worded = (schema: ContextSchema<{ status: string }>, context: Json) =>
  withContext(schema, (trigger) => `It is ${trigger.context.status}.`)(
    { id: 'a', triggered_at: 0, context },
    {} as TemplateSession<Record<string, never>>,
    {} as TemplateContext,
  );

function byHand(context: Json): { status: string } {
  if (context === 'packed') return { status: context };
  throw new Error('must be "packed"');
}

it('hands on what a schema has read', async () => {
  expect(await worded(parcel, { status: 'packed', parcels: [{ kg: 1 }] })).toBe('It is packed.');
  expect(await worded(byHand, 'packed')).toBe('It is packed.');
});

it.each<[ContextSchema<{ status: string }>, Json, string]>([
  [parcel, null, 'context: must be an object'],
  [parcel, { parcels: [] }, 'context.status: must be a string'],
  [
    parcel,
    { status: 'packed', parcels: [{ kg: 1 }, { kg: 'x' }] },
    'context.parcels.1.kg: must be a number',
  ],
  [byHand, 'lost', 'context: must be "packed"'],
])('names the path of what it refuses', async (schema, context, path) => {
  await expect(worded(schema, context)).rejects.toMatchObject({
    name: 'InvalidContext',
    message: expect.stringContaining(path),
  });
});
