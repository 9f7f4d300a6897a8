import * as z from 'zod/mini';
import { actionSchema } from '../functions/protocol/actions.ts';
import { eventSchemas } from '../functions/protocol/events.ts';
import { interruptionJsonSchema, OUTCOME_REASONS, toJsonSchema } from './schemas.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

const outcome = z.object({
  session_id: z.optional(z.string()),
  outcome: z.enum(['delivered', 'deferred', 'skipped', 'failed']),
  reason: z.optional(z.enum(OUTCOME_REASONS)),
  error: z.optional(z.object({ code: z.string(), message: z.string(), retryable: z.boolean() })),
  resumed: z.optional(z.boolean()),
  differs: z.optional(z.literal(true)),
});

/**
 * What `POST /interruptions` answers, and the function that is invoked. New fields may come: ignore
 * what you don't know.
 */
const reply = z.object({
  interruption_id: z.string(),
  outcomes: z.array(outcome),
  queued: z.optional(z.int()),
});

const refusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.optional(z.string()) }),
});

const known = z.union(Object.values(eventSchemas));
const ALL_ARE_TAKEN = 'Any other type, and fields that are not named here, are taken as well.';

/** OpenAPI of what the stack serves over HTTP: `docs/schemas/openapi.json`. */
export function openApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'ai-flow-lambda',
      version: '0.1.0',
      description: 'What the fields mean, and what is promised: docs/interruptions.md',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:3000', description: 'npm start' }],
    paths: {
      '/interruptions': { post: interruptions },
      '/webhook': { post: webhook },
    },
    components: {
      schemas: {
        ...component('Interruption', interruptionJsonSchema()),
        ...component('Reply', toJsonSchema(reply)),
        ...component('Refusal', toJsonSchema(refusal)),
        ...component('Event', { ...toJsonSchema(known), description: ALL_ARE_TAKEN }),
        ...component('Action', toJsonSchema(actionSchema)),
      },
      securitySchemes: {
        sigV4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4, for the service execute-api',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        token: { type: 'apiKey', in: 'header', name: 'X-API-TOKEN' },
      },
    },
  };
}

const json = (schema: object) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answer = (description: string, ...names: string[]) => {
  const schemas = names.map(ref);
  const [only = {}] = schemas;
  return { description, content: json(schemas.length > 1 ? { anyOf: schemas } : only) };
};

const interruptions = {
  operationId: 'interrupt',
  summary: 'Interrupts the calls that it concerns',
  security: [{ sigV4: [] }],
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'The id, where the interruption has none: a call hears an id once',
      schema: { type: 'string', minLength: 1, maxLength: 128 },
    },
  ],
  requestBody: { required: true, content: json(ref('Interruption')) },
  responses: {
    200: answer('Delivered, or a duplicate; or one outcome for each of many calls', 'Reply'),
    202: answer('It waits, or is passed on to invocations of their own', 'Reply'),
    400: answer(
      'It is no interruption, or its context is not what the template wants',
      'Refusal',
      'Reply',
    ),
    403: { description: 'Not signed, or not allowed: API Gateway itself says so' },
    404: answer('No such call', 'Reply'),
    409: answer('It makes no sense any more; the reason says why', 'Reply'),
    410: answer('The call is over', 'Reply'),
    413: answer('More than 256 KiB', 'Refusal'),
    502: answer('Failed; error.retryable says whether to send it again, with the same id', 'Reply'),
    503: answer('A clip could not be read: send it again', 'Refusal'),
  },
};

const webhook = {
  operationId: 'answer',
  summary: 'Answers an event of AI Flow with actions, in order',
  security: [{ token: [] }],
  requestBody: { required: true, content: json(ref('Event')) },
  responses: {
    200: {
      description: 'What the assistant does',
      content: json({ type: 'array', items: ref('Action') }),
    },
    204: { description: 'Nothing' },
    400: answer('It is no event', 'Refusal'),
    401: answer('The token is wrong', 'Refusal'),
    413: answer('More than 64 KiB', 'Refusal'),
    503: answer('The token could not be read', 'Refusal'),
  },
};

/**
 * A schema, and what it refers to, under names of their own. Which dialect it is, the document says
 * once for all.
 */
function component(name: string, { $schema: _dialect, ...schema }: JsonSchema): object {
  const { $defs = {}, ...rest } = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`),
  ) as JsonSchema;
  const parts = Object.entries($defs).map(([part, of]) => [`${name}.${part}`, of]);
  return { [name]: rest, ...Object.fromEntries(parts) };
}
