import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { FunctionName } from '../lib/bundle.ts';
import type { EventBus } from './event-bus.ts';
import { eventBridgeApi } from './eventbridge-api.ts';
import type { LambdaFunction } from './functions.ts';
import type { Gateway } from './gateway.ts';
import { guard, refuse } from './guard.ts';
import { httpApi } from './http-api.ts';
import { invokeApi } from './invoke-api.ts';
import type { Log } from './log.ts';
import type { MessageQueue } from './message-queue.ts';
import type { Outcomes } from './outcomes.ts';
import type { ReadSession } from './session-view.ts';
import { callApi } from './simulator/call-api.ts';
import { simulatorRoutes } from './simulator/routes.ts';
import type { Simulator } from './simulator/simulator.ts';
import { sqsApi } from './sqs-api.ts';
import type { Story } from './story.ts';

export interface AppParts {
  functions: Record<FunctionName, LambdaFunction>;
  /** API Gateway's `@connections`. */
  connections: Hono;
  simulator: Simulator;
  /** The call flows there are, and how to see them. */
  stories: () => Promise<{ name: string; story: Story }[]>;
  /** What the functions know of a call. */
  session: ReadSession;
  gateway: Gateway;
  bus: EventBus;
  queue: MessageQueue;
  outcomes: Outcomes;
  externalApiToken: string;
  log: Log;
}

// What callers say is shown on the page; even if some of it became HTML, it could load and send nothing.
const PAGE_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Everything that the runtime answers. */
export function createApp(parts: AppParts): Hono {
  const { functions, connections, simulator, bus, queue, outcomes, session, log } = parts;
  const { externalApiToken: token, gateway, stories } = parts;
  const page = readFileSync(join(import.meta.dirname, 'console.html'), 'utf8');
  const app = new Hono();
  app.use(guard);
  app.get('/', (c) => c.html(page, 200, { 'content-security-policy': PAGE_POLICY }));
  app.get('/health', (c) => c.json({ status: 'ok' }));
  for (const [path, target] of [
    ['/webhook', functions.webhook],
    ['/interruptions', functions.interrupt],
  ] as const) {
    app.post(path, httpApi(target, gateway));
    app.all(path, (c) =>
      refuse(c, 405, 'method_not_allowed', `${c.req.method} ${path}: send POST`),
    );
  }
  app.route('/', invokeApi(new Map(Object.entries(functions)), log));
  app.route('/', connections);
  app.route('/', eventBridgeApi(bus));
  app.route('/', sqsApi(queue));
  app.route('/', simulatorRoutes({ simulator, outcomes, token, session, stories }));
  app.route('/', callApi({ simulator, token }));
  app.notFound((c) =>
    refuse(
      c,
      404,
      'not_found',
      `${c.req.method} ${c.req.path} is nothing here; see GET / and the README`,
    ),
  );
  app.onError((error, c) => {
    log(`${c.req.method} ${c.req.path}: ${error.stack}`);
    return refuse(c, 500, 'internal', 'Something broke in the local runtime; its log says what');
  });
  return app;
}
