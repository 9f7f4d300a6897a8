import { Hono } from 'hono';
import type { FunctionName } from '../lib/bundle.ts';
import { consolePage } from './console-page.ts';
import type { EventBus } from './event-bus.ts';
import { eventBridgeApi } from './eventbridge-api.ts';
import type { LambdaFunction } from './functions.ts';
import type { Gateway } from './gateway.ts';
import { guard, refuse } from './guard.ts';
import { httpApi } from './http-api.ts';
import { invokeApi } from './invoke-api.ts';
import type { Log } from './log.ts';
import type { MessageQueue } from './message-queue.ts';
import type { Notices } from './notices.ts';
import type { Outcomes } from './outcomes.ts';
import type { RecordedBeside } from './recording/recording.ts';
import { schemaRoutes } from './schema-routes.ts';
import type { ReadSession } from './session-view.ts';
import type { Application } from './simulator/application.ts';
import { callApi } from './simulator/call-api.ts';
import type { Call } from './simulator/call-types.ts';
import { type RoutesParts, simulatorRoutes } from './simulator/routes.ts';
import type { Simulator } from './simulator/simulator.ts';
import { sqsApi } from './sqs-api.ts';

export interface AppParts {
  simulator: Simulator;
  application: Application;
  outcomes: Outcomes;
  notices: Notices;
  externalApiToken: string;
  log: Log;
  /** What stands in for AWS; missing: an application of somebody else answers the calls. */
  own?: OwnParts;
}

export interface OwnParts {
  /** What the functions know of a call. */
  session: ReadSession;
  gateway: Gateway;
  functions: Record<FunctionName, LambdaFunction>;
  /** API Gateway's `@connections`. */
  connections: Hono;
  bus: EventBus;
  queue: MessageQueue;
  /** What a recording of a call needs to know besides. */
  recorded(call: Call): Promise<RecordedBeside>;
  /** The call flows there are. */
  stories: RoutesParts['stories'];
}

/** Everything that the runtime answers. */
export function createApp(parts: AppParts): Hono {
  const { simulator, application, outcomes, notices, externalApiToken: token, log, own } = parts;
  const app = new Hono();
  app.use(guard);
  app.route('/', consolePage());
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.route('/schemas', schemaRoutes());
  app.route('/', own ? ownRoutes(own, log) : withoutFunctions());
  app.route(
    '/',
    simulatorRoutes({
      simulator,
      application,
      outcomes,
      notices,
      token,
      ...(own && { session: own.session, recorded: own.recorded, stories: own.stories }),
    }),
  );
  app.route('/', callApi({ simulator, token }));
  app.notFound((c) =>
    refuse(
      c,
      404,
      'not_found',
      `${c.req.method} ${c.req.path} leads nowhere; see GET / and the README`,
    ),
  );
  app.onError((error, c) => {
    log(`${c.req.method} ${c.req.path}: ${error.stack}`);
    return refuse(c, 500, 'internal', 'Something broke in the local runtime; its log says what');
  });
  return app;
}

function ownRoutes(own: OwnParts, log: Log): Hono {
  const { functions, connections, gateway, bus, queue } = own;
  const app = new Hono();
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
  return app;
}

/** Rules, labels and "once" are our functions' work. */
const withoutFunctions = (): Hono =>
  new Hono().all('/interruptions', (c) =>
    refuse(
      c,
      404,
      'foreign_application',
      'The simulator is in front of an application of yours, so there are no interruptions by rule: POST the actions, such as [barge_in, speak], to /simulator/calls/{id}/actions',
    ),
  );
