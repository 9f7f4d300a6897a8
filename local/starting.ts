import { worthReading } from './log.ts';
import { readSettings, type Settings } from './settings.ts';
import { originOf } from './simulator/application.ts';

/**
 * What `npm start` does, and what a command does that has put `WEBHOOK_URL` into `env`: starts
 * everything, prints one line with the URL, and ends the process with it. What can't be started is
 * one line and exit code 1.
 */
export async function start(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const settings = readSettings(env);
    const output = settings.verbose ? process.stderr : worthReading(process.stderr);
    const { webhookUrl } = settings;
    // Neither knows of the other: in front of a foreign application there is no database, and
    // nothing to bundle.
    const starting = webhookUrl
      ? import('./foreign-runtime.ts').then(({ startForeignRuntime }) =>
          startForeignRuntime(settings, webhookUrl, output),
        )
      : import('./runtime.ts').then(({ startRuntime }) => startRuntime(settings, output));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, async () => {
        await (await starting).stop();
        process.exit(0);
      });
    }
    const { url } = await starting;
    console.log(
      webhookUrl
        ? `AI Flow simulator on ${url} in front of ${originOf(webhookUrl)}`
        : `AI Flow runtime on ${url}`,
    );
    // Programs read the line above.
    if (!webhookUrl) console.error(whatToTry(settings));
  } catch (error) {
    // Whoever runs the command of the package is told what to install.
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw error;
    console.error(explain(error as NodeJS.ErrnoException & { port?: number }));
    process.exit(1);
  }
}

function whatToTry({ template = 'conversation', templateByNumber }: Settings): string {
  const isChosen = Object.keys(templateByNumber).length > 0;
  const others = isChosen ? ', and others for some numbers (TEMPLATE_BY_NUMBER)' : '';
  return [
    `  answers   ${template}${others}; a call may name another one`,
    '  look      open the page: it places a call, and shows what to say and what to send',
    '  change    save a file in functions/ or flows/: the next event finds it, calls go on',
    '  stop      Ctrl-C ends everything; VERBOSE=1 shows all that the functions log',
  ].join('\n');
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code !== 'EADDRINUSE') return error.message;
  return `Port ${error.port} is in use: stop what listens there, or take another with PORT=0 npm start`;
}
