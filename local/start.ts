import { environment } from './dot-env.ts';
import { worthReading } from './log.ts';
import { startRuntime } from './runtime.ts';
import { readSettings } from './settings.ts';

try {
  const settings = readSettings(environment());
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
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException & { port?: number }));
  process.exit(1);
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code !== 'EADDRINUSE') return error.message;
  return `Port ${error.port} is in use: stop what listens there, or take another with PORT=0 npm start`;
}
