import { Hono } from 'hono';
import { openApi } from './openapi.ts';
import { interruptionJsonSchema, outcomeEventJsonSchema } from './schemas.ts';

/** What `docs/schemas` holds, by its name there. */
export const SCHEMAS = {
  interruption: interruptionJsonSchema,
  'outcome-event': outcomeEventJsonSchema,
  openapi: openApi,
} as const;

/** The same for whoever has only the runtime. */
export function schemaRoutes(): Hono {
  const routes = new Hono();
  for (const [name, schema] of Object.entries(SCHEMAS))
    routes.get(`/${name}.json`, (c) => c.json(schema()));
  return routes;
}
