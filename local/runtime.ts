import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../functions/runtime/clock.ts';
import { bundle } from '../lib/bundle.ts';
import { createApp } from './app.ts';
import { startDatabase } from './database.ts';
import { createFunction } from './functions.ts';
import { logTo } from './log.ts';
import { listen } from './server.ts';
import type { Settings } from './settings.ts';
import { createSimulator } from './simulator/simulator.ts';
import { webhookClient } from './webhook-client.ts';

const TABLE = 'sessions';

export interface Runtime {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts everything on this machine, resolves once all of it is up, and leaves nothing behind if something isn't.
 * `output` takes the log of the runtime and of its functions.
 */
export async function startRuntime(settings: Settings, output: NodeJS.WritableStream): Promise<Runtime> {
  const log = logTo(output);
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };

  try {
    // First the port: the functions are told its URL, and a port in use ends the start before anything else begins.
    const server = await listen(settings.port);
    running.push(server);
    const database = await startDatabase(TABLE, log);
    running.push(database);
    // A folder of its own: a second runtime, or a test run, must not rewrite the bundle while it is being read.
    const bundles = mkdtempSync(join(tmpdir(), 'ai-flow-'));
    running.push({ stop: () => rm(bundles, { recursive: true }) });
    const webhook = createFunction({
      data: { name: 'webhook', bundle: join(bundle('webhook', bundles), 'index.cjs'), timeout_ms: 10_000 },
      env: webhookEnv(settings, server.url, database.endpoint),
      clock: systemClock,
      output,
    });
    running.push(webhook);
    await webhook.start();

    const deliver = webhookClient(server.url, settings.webhookToken);
    const simulator = createSimulator({ clock: systemClock, deliver, log });
    server.serve(createApp({ webhook, simulator, externalApiToken: settings.externalApiToken, log }));
    return { url: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the stack sets on the deployed function, with local values. */
function webhookEnv(settings: Settings, url: string, databaseEndpoint: string): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: databaseEndpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'webhook',
    POWERTOOLS_SERVICE_NAME: 'webhook',
    SESSIONS_TABLE: TABLE,
    WEBHOOK_TOKEN: settings.webhookToken,
    EXTERNAL_API_URL: settings.externalApiUrl ?? `${url}/simulator/sessions/{session_id}/actions`,
    EXTERNAL_API_TOKEN: settings.externalApiToken,
    ...(settings.template && { TEMPLATE: settings.template }),
  };
}
