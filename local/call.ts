import './lean.js';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { parseArgs, styleText } from 'node:util';
import { InvalidFlow } from '../lib/flows.ts';
import { environment } from './dot-env.ts';
import { placeCall } from './http-stage.ts';
import { PlayFailed, perform } from './perform.ts';
import type { PlayFile } from './plays.ts';
import { loadPlay, playNames } from './plays.ts';
import { replayOf } from './recording/recorded-play.ts';
import { readRecording } from './recording/recording.ts';
import { readSettings } from './settings.ts';
import type { GivenWeather } from './simulator/behaviour.ts';
import { weatherNamed } from './weathers.ts';

/*
 * `npm run call [name] [-- --weather names]`: performs `flows/<name>.call.ts`, or `local/calls/<name>.ts`, on a runtime of its own, with the template
 * that it is about unless `--template` or `TEMPLATE` names another one, in the weather of these names
 * (`local/weathers.ts`). `npm run call -- FILE.json` plays a recorded call again; `--webhook URL` performs either on an
 * application of somebody else.
 * Exit code 0: the call went as written; 1: it did not; 2: there is no such play, recording, weather, template or URL.
 */

// Fast enough not to wait for, slow enough to be taken for somebody who speaks
// (`functions/call/length.ts`).
const SPEED = 1.6;

const { name, file, weather, template, settings } = await asked();
const { play, call } = file;
// Between the lines of a play the log is noise; it is shown once something went wrong.
const logged: Buffer[] = [];
const output = new Writable({ write: (chunk, _encoding, done) => done(void logged.push(chunk)) });
let runtime: { url: string; stop(): Promise<void> } | undefined;
try {
  runtime = await started();
  const { template: _, ...unnamed } = call;
  // A recorded call may have been placed for a call flow of its own; what is asked for here counts.
  const asWritten = template === undefined && settings.webhookUrl === undefined ? call : unnamed;
  const placed = { ...asWritten, weather: { ...call.weather, ...weather } };
  const tell = (line: string) => console.log(line);
  await perform(play, await placeCall({ url: runtime.url, speed: SPEED, call: placed, tell }));
  console.log(`\n${styleText('green', '✓')} ${name}: all ${play.length} lines as written`);
} catch (error) {
  process.stderr.write(Buffer.concat(logged));
  console.error(told(error));
  process.exitCode = error instanceof InvalidFlow ? 2 : 1;
}
await runtime?.stop();
process.exit();

async function started() {
  const own = { ...settings, port: 0 };
  if (settings.webhookUrl === undefined)
    return (await import('./runtime.ts')).startRuntime(own, output);
  const { startForeignRuntime } = await import('./foreign-runtime.ts');
  return startForeignRuntime(own, settings.webhookUrl, output);
}

function told(error: unknown): unknown {
  if (error instanceof PlayFailed)
    return `\n${name} did not go as written:\n${coloured(error.message)}`;
  return error instanceof InvalidFlow ? error.message : error;
}

/** What the command line asks for; ends the process if that can't be had. */
async function asked() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        weather: { type: 'string' },
        template: { type: 'string' },
        webhook: { type: 'string' },
      },
    });
    const [name = 'conversation'] = positionals;
    const file = name.endsWith('.json') ? recorded(name) : await written(name);
    const { TEMPLATE = file.template, WEBHOOK_URL, ...env } = environment();
    const settings = readSettings({
      ...env,
      TEMPLATE: values.template ?? TEMPLATE,
      WEBHOOK_URL: values.webhook ?? WEBHOOK_URL,
    });
    const weather: GivenWeather = weatherNamed(values.weather ?? 'calm');
    return { name, file, settings, weather, template: values.template };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

async function written(given: string): Promise<PlayFile> {
  const names = playNames();
  // Whoever has just started `flows/pizza.ts` may name it so here, too.
  const name = given.replace(/^flows\/(.+?)(\.call)?\.ts$/, '$1');
  if (names.includes(name)) return loadPlay(name);
  throw new Error(
    `There is no play ${JSON.stringify(name)}: choose one of ${names.join(', ')}, write flows/${name}.call.ts, or give a recording, FILE.json`,
  );
}

function recorded(path: string): Omit<PlayFile, 'template'> & { template?: string } {
  const recording = readRecording(textIn(path));
  const { template } = recording;
  return { ...replayOf(recording), ...(template !== undefined && { template }) };
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} can't be read: ${(error as NodeJS.ErrnoException).code ?? 'no file'}`);
  }
}

function coloured(diff: string): string {
  const style = { '-': 'red', '+': 'green' } as const;
  const paint = (line: string) =>
    line[0] === '-' || line[0] === '+'
      ? styleText(style[line[0]], line, { stream: process.stderr })
      : line;
  return diff.split('\n').map(paint).join('\n');
}
