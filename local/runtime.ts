import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../functions/runtime/clock.ts';
import { FUNCTIONS, type FunctionName } from '../lib/bundle.ts';
import { createApp } from './app.ts';
import { bundled } from './bundling.ts';
import { startDatabase } from './database.ts';
import { createEventBus } from './event-bus.ts';
import { chooseFlows, startStandIns } from './flows.ts';
import { functionEnv } from './function-env.ts';
import { watchLog } from './function-log.ts';
import { createFunction } from './functions.ts';
import { type Gateway, templateVariable } from './gateway.ts';
import { logTo } from './log.ts';
import { createMessageQueue } from './message-queue.ts';
import { createNotices } from './notices.ts';
import { createOutcomes } from './outcomes.ts';
import { BACKGROUND, createPacing, EVENTS, paced } from './pacing.ts';
import { localTable, recordedEntries } from './recording/kept.ts';
import { createReload, watchFunctions } from './reload.ts';
import { listen } from './server.ts';
import { createSessionReader } from './session-view.ts';
import type { Settings } from './settings.ts';
import type { Call } from './simulator/call-types.ts';
import { createSimulator, type Simulator } from './simulator/simulator.ts';
import { chosenTemplate, templateStories } from './templates.ts';
import { webhookClient } from './webhook-client.ts';
import { createWebSocketApi, WEBSOCKET_PATH } from './websocket-api.ts';
import { websocketClient } from './websocket-client.ts';

const TABLE = 'sessions';

export interface Runtime {
  url: string;
  stop(): Promise<void>;
}

/** The folder of a function's bundle, and its environment. */
export interface Source {
  readonly folder: string;
  readonly env: typeof functionEnv;
}

/**
 * Starts everything on this machine, resolves once all of it is up, and leaves nothing behind if
 * something isn't. `output` takes the log of the runtime and of its functions. By `sourceOf`
 * functions may come from elsewhere.
 */
export async function startRuntime(
  settings: Settings,
  output: NodeJS.WritableStream,
  sourceOf: (name: FunctionName) => Source | undefined = () => undefined,
): Promise<Runtime> {
  // Each function has two pipes to it.
  output.setMaxListeners(0);
  const log = logTo(output);
  const notices = createNotices();
  const functionOutput = watchLog(output, { notice: notices.tell, slow: log });
  functionOutput.setMaxListeners(0);
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };

  try {
    // First the port: the functions are told its URL, and a port in use ends the start before
    // anything else begins.
    const server = await listen(settings.port);
    running.push(server);
    // A process of its own, which starts while the functions are bundled.
    const database = startDatabase(TABLE, log);
    running.push({ stop: () => database.then((one) => one.stop()).catch(() => {}) });
    // A folder of its own: a second runtime, or a test run, must not rewrite the bundle while it is
    // being read.
    const bundles = mkdtempSync(join(tmpdir(), 'ai-flow-'));
    running.push({ stop: () => rm(bundles, { recursive: true }) });
    const local = chooseFlows(settings, log);
    const names = local.flows.map(({ name }) => name);
    const ours = FUNCTIONS.filter((name) => !sourceOf(name));
    const bundling = bundle(ours, bundles);
    // Said where it is waited for.
    bundling.catch(() => {});
    const { endpoint } = await database;
    const standIns = await startStandIns(local, settings.variables, endpoint);
    running.push(standIns);
    await bundling;
    const surroundings = {
      settings,
      url: server.url,
      databaseEndpoint: endpoint,
      table: TABLE,
      flowEnv: standIns.env,
    };
    const create = (name: FunctionName) => {
      const { folder, env } = sourceOf(name) ?? { folder: join(bundles, name), env: functionEnv };
      const lambda = createFunction({
        data: {
          name,
          bundle: join(folder, 'index.cjs'),
          timeout_ms: name === 'job' ? 60_000 : 10_000,
        },
        env: env(name, surroundings),
        clock: systemClock,
        output: functionOutput,
      });
      running.push(lambda);
      return lambda;
    };
    const inBackground = createPacing({ clock: systemClock, line: BACKGROUND, waited: () => {} });
    const functions = {
      webhook: create('webhook'),
      interrupt: create('interrupt'),
      websocket: create('websocket'),
      job: paced(create('job'), inBackground),
      call: create('call'),
    };
    await Promise.all(Object.values(functions).map((each) => each.start()));

    const deliver = webhookClient(`${server.url}/webhook`, settings.webhookToken);
    const gateway: Gateway = {
      stageVariables: templateVariable((id) => simulator.find(id)?.template),
      pace: createPacing({ clock: systemClock, line: EVENTS, waited: () => {} }),
    };
    const webSocketApi = createWebSocketApi(functions.websocket, gateway);
    running.push({ stop: async () => webSocketApi.stop() });
    const connect = websocketClient(
      server.url.replace(/^http/, 'ws') + WEBSOCKET_PATH,
      settings.webhookToken,
    );
    const simulator: Simulator = createSimulator({
      clock: systemClock,
      deliver,
      pace: createPacing({ clock: systemClock, line: EVENTS, waited: () => {} }),
      connect,
      log,
      templates: () => names,
    });
    const session = createSessionReader({
      endpoint,
      table: TABLE,
      clock: systemClock,
      templateOf: (call) => chosenTemplate(local, call),
      log,
    });
    const outcomes = createOutcomes();
    const interrupt = paced(functions.interrupt, inBackground);
    const bus = createEventBus({ interrupt, outcomes, log });
    const queue = createMessageQueue({ interrupt, clock: systemClock, log });
    running.push(queue);
    const { externalApiToken } = settings;
    const recorded = async (call: Call) => {
      const { started_at, session_id } = call.summary();
      const [entries, known] = await Promise.all([
        recordedEntries(localTable(endpoint, TABLE), session_id, started_at),
        session(session_id),
      ]);
      const interruptions = entries.filter(({ kind }) => kind === 'interruption');
      const secret = entries.some((entry) => 'secret' in entry);
      return { interruptions, template: known?.template, secret };
    };
    const connections = webSocketApi.routes;
    const app = createApp({
      simulator,
      application: 'functions',
      outcomes,
      notices,
      externalApiToken,
      log,
      own: {
        functions,
        connections,
        gateway,
        bus,
        queue,
        session,
        recorded,
        stories: () => templateStories(names),
      },
    });
    let builds = 0;
    const reload = createReload({
      functions,
      async build() {
        builds++;
        // In a folder of its own: whoever is still being answered reads from the one before.
        const folder = join(bundles, String(builds));
        await bundle(FUNCTIONS, folder);
        return folder;
      },
      clock: systemClock,
      notice: notices.tell,
      log,
    });
    const unwatch = watchFunctions(local.flows, reload.changed);
    running.push({ stop: async () => unwatch() });
    server.serve(app, webSocketApi.upgrade);
    return { url: server.url, stop };

    async function bundle(names: readonly FunctionName[], outdir: string): Promise<void> {
      const bedrock = settings.bedrock !== undefined;
      for (const warning of await bundled({ names, outdir, flows: local.flows, bedrock }))
        log(warning);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}
