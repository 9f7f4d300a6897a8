import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { placeCall } from './http-stage.ts';
import { PlayFailed, perform } from './perform.ts';
import { loadPlay, playNames } from './plays.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { readSettings } from './settings.ts';

/*
 * `npm run call [name]`: performs `local/calls/<name>.ts` on a runtime of its own, with the template that it is about
 * unless `TEMPLATE` names another one.
 * Exit code 0: the call went as written; 1: it did not; 2: there is no such play.
 */

// Fast enough not to wait for, slow enough to read along.
const SPEED = 2;

const names = playNames();
const name = process.argv[2] ?? 'conversation';
if (!names.includes(name)) {
  console.error(
    `There is no play ${JSON.stringify(name)}: choose one of ${names.join(', ')}, or write local/calls/${name}.ts`,
  );
  process.exit(2);
}

const { play, template, call } = await loadPlay(name);
const settings = readSettings({ TEMPLATE: template, ...process.env });
// Between the lines of a play the log is noise; it is shown once something went wrong.
const logged: Buffer[] = [];
const output = new Writable({ write: (chunk, _encoding, done) => done(void logged.push(chunk)) });
let runtime: Runtime | undefined;
try {
  runtime = await startRuntime({ ...settings, port: 0 }, output);
  await perform(play, await placeCall({ url: runtime.url, speed: SPEED, call, tell: (line) => console.log(line) }));
  console.log(`\n${styleText('green', '✓')} ${name}: all ${play.length} lines as written`);
} catch (error) {
  process.stderr.write(Buffer.concat(logged));
  console.error(error instanceof PlayFailed ? `\n${name} did not go as written:\n${coloured(error.message)}` : error);
  process.exitCode = 1;
}
await runtime?.stop();
process.exit();

function coloured(diff: string): string {
  const style = { '-': 'red', '+': 'green' } as const;
  const paint = (line: string) =>
    line[0] === '-' || line[0] === '+' ? styleText(style[line[0]], line, { stream: process.stderr }) : line;
  return diff.split('\n').map(paint).join('\n');
}
