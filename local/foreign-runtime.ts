import { systemClock } from '../functions/runtime/clock.ts';
import { createApp } from './app.ts';
import { logTo } from './log.ts';
import { createNotices } from './notices.ts';
import { createOutcomes } from './outcomes.ts';
import { listen } from './server.ts';
import type { Settings } from './settings.ts';
import { transportOf } from './simulator/application.ts';
import { createSimulator } from './simulator/simulator.ts';
import { webhookClient } from './webhook-client.ts';
import { websocketClient } from './websocket-client.ts';

/**
 * The simulator in front of an application of somebody else: no functions, no database. `output`
 * takes the log. Rejects with code `EADDRINUSE` if the port is taken.
 */
export async function startForeignRuntime(
  { port, webhookToken, externalApiToken }: Settings,
  url: string,
  output: NodeJS.WritableStream,
) {
  const server = await listen(port);
  const log = logTo(output);
  const simulator = createSimulator({
    clock: systemClock,
    deliver: webhookClient(url, webhookToken),
    connect: websocketClient(url, webhookToken),
    log,
    transport: transportOf(url),
  });
  const outcomes = createOutcomes();
  const app = createApp({
    simulator,
    application: { url },
    outcomes,
    notices: createNotices(),
    externalApiToken,
    log,
  });
  server.serve(app, (_request, socket) => socket.destroy());
  return { url: server.url, stop: server.stop };
}
