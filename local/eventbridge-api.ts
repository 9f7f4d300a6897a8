import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { type BusEvent, busEvent, type EventBus } from './event-bus.ts';

const MAX_ENTRIES = 10;

const requestSchema = z.object({
  Entries: z.array(
    z.object({
      Source: z.optional(z.string()),
      DetailType: z.optional(z.string()),
      Detail: z.optional(z.string()),
      Resources: z.optional(z.array(z.string())),
      /** Seconds since 1970. */
      Time: z.optional(z.number()),
    }),
  ),
});
type Entry = z.output<typeof requestSchema>['Entries'][number];

/**
 * EventBridge's `PutEvents` at `/eventbridge`, so that `aws events put-events --endpoint-url` and
 * the SDK work. Source:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function eventBridgeApi(put: EventBus): Hono {
  // The SDK ends an endpoint's path with a slash.
  return new Hono().post('/eventbridge/*', async (c) => {
    const target = c.req.header('x-amz-target') ?? '';
    if (target !== 'AWSEvents.PutEvents') {
      return refuse(
        c,
        'UnknownOperationException',
        `X-Amz-Target must be AWSEvents.PutEvents; got ${target}`,
      );
    }
    const request = requestSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success)
      return refuse(c, 'SerializationException', 'The body must be JSON with Entries');
    const { Entries } = request.data;
    if (Entries.length === 0 || Entries.length > MAX_ENTRIES) {
      return refuse(
        c,
        'ValidationException',
        `Entries must have 1 to ${MAX_ENTRIES} entries; got ${Entries.length}`,
      );
    }
    const results = Entries.map((entry) => putEntry(entry, put));
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    return c.json({ FailedEntryCount, Entries: results });
  });
}

function putEntry(
  entry: Entry,
  put: EventBus,
): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
  const { Source, DetailType, Detail, Resources = [], Time } = entry;
  if (!Source || !DetailType || !Detail) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Source, DetailType and Detail must all be given',
    };
  }
  const detail = objectIn(Detail);
  if (!detail)
    return {
      ErrorCode: 'MalformedDetail',
      ErrorMessage: 'Detail must be the text of a JSON object',
    };
  const time = Time === undefined ? new Date() : new Date(Time * 1000);
  const event: BusEvent = busEvent(
    { 'detail-type': DetailType, source: Source, resources: Resources, detail },
    time,
  );
  put(event);
  return { EventId: event.id };
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refuse(c: Context, type: string, message: string): Response {
  c.header('x-amzn-errortype', type);
  return c.json({ __type: type, message }, 400);
}
