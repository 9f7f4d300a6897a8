import { worthReading } from './log.ts';
import { startRuntime } from './runtime.ts';
import { readSettings, type Settings } from './settings.ts';
import { DEFAULT_TEMPLATE } from './templates.ts';

try {
  const settings = readSettings(process.env);
  const starting = startRuntime(
    settings,
    settings.verbose ? process.stderr : worthReading(process.stderr),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await (await starting).stop();
      process.exit(0);
    });
  }
  const { url } = await starting;
  console.log(`AI Flow runtime on ${url}`);
  // Programs read the line above.
  console.error(whatToTry(settings));
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException & { port?: number }));
  process.exit(1);
}

function whatToTry({ template, templateByNumber }: Settings): string {
  const others = templateByNumber ? ', and others for some numbers (TEMPLATE_BY_NUMBER)' : '';
  return [
    `  answers   ${template ?? DEFAULT_TEMPLATE}${others}; a call may name another one`,
    '  look      open the page: it places a call, and shows what to say and what to send',
    '  change    save a file in functions/: the next event finds it, calls go on',
    '  stop      Ctrl-C ends everything; VERBOSE=1 shows all that the functions log',
  ].join('\n');
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code !== 'EADDRINUSE') return error.message;
  return `Port ${error.port} is in use: stop what listens there, or take another with PORT=0 npm start`;
}
