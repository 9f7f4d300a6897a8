import { Writable } from 'node:stream';
import { parseArgs, styleText } from 'node:util';
import { environment } from './dot-env.ts';
import { placeCall } from './http-stage.ts';
import { PlayFailed, perform } from './perform.ts';
import { loadPlay, playNames } from './plays.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { readSettings } from './settings.ts';
import type { GivenWeather } from './simulator/behaviour.ts';
import { weatherNamed } from './weathers.ts';

/*
 * `npm run call [name] [-- --weather names]`: performs `flows/<name>.call.ts`, or `local/calls/<name>.ts`, on a runtime of its own, with the template
 * that it is about unless `TEMPLATE` names another one, in the weather of these names (`local/weathers.ts`).
 * Exit code 0: the call went as written; 1: it did not; 2: there is no such play or weather.
 */

// Fast enough not to wait for, slow enough to be taken for somebody who speaks (`functions/call/length.ts`).
const SPEED = 1.6;

const { name, weather } = asked();
const { play, template, call } = await loadPlay(name);
const settings = readSettings({ TEMPLATE: template, ...environment() });
// Between the lines of a play the log is noise; it is shown once something went wrong.
const logged: Buffer[] = [];
const output = new Writable({ write: (chunk, _encoding, done) => done(void logged.push(chunk)) });
let runtime: Runtime | undefined;
try {
  runtime = await startRuntime({ ...settings, port: 0 }, output);
  const placed = { ...call, weather: { ...call.weather, ...weather } };
  const tell = (line: string) => console.log(line);
  await perform(play, await placeCall({ url: runtime.url, speed: SPEED, call: placed, tell }));
  console.log(`\n${styleText('green', '✓')} ${name}: all ${play.length} lines as written`);
} catch (error) {
  process.stderr.write(Buffer.concat(logged));
  console.error(
    error instanceof PlayFailed
      ? `\n${name} did not go as written:\n${coloured(error.message)}`
      : error,
  );
  process.exitCode = 1;
}
await runtime?.stop();
process.exit();

/** What the command line asks for; ends the process if that can't be had. */
function asked(): { name: string; weather: GivenWeather } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { weather: { type: 'string' } },
    });
    const [name = 'conversation'] = positionals;
    const names = playNames();
    if (!names.includes(name)) {
      throw new Error(
        `There is no play ${JSON.stringify(name)}: choose one of ${names.join(', ')}, or write flows/${name}.call.ts`,
      );
    }
    return { name, weather: weatherNamed(values.weather ?? 'calm') };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
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
