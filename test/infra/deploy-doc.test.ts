import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromEventBridge } from '../../functions/interruption/envelopes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { readConfiguration } from '../../lib/configuration.ts';
import { eventBridge } from '../support/envelopes.ts';
import { fencedBlocks } from '../support/readme.ts';
import { synthesize } from './synthesize.ts';

const ROOT = join(import.meta.dirname, '../..');
const script = fencedBlocks(readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8'))
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text)
  .join('\n');
const outputs = synthesize().findOutputs('*');

/**
 * Types all of it, in an account that consists of programs that note their arguments; the outputs
 * are the stack's.
 */
function typed(): string[][] {
  const bin = mkdtempSync(join(tmpdir(), 'account-'));
  const notes = join(bin, 'notes');
  const known = Object.keys(outputs).map((name) => `*"'${name}'"*) echo "the-${name}";;`);
  const note = `#!/usr/bin/env bash\nprintf '%s\\0' "$(basename "$0")" "$@" >> ${notes}; printf '\\n' >> ${notes}\ncase "$*" in ${known.join(' ')} esac\n`;
  for (const program of ['aws', 'npm', 'npx', 'git', 'node']) {
    writeFileSync(join(bin, program), note);
    chmodSync(join(bin, program), 0o755);
  }
  // What is eval'ed is a command of the stack's own.
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: bin };
  const { status, stderr } = spawnSync(
    'bash',
    ['--norc', '-eu', '-c', script.replace('eval $', 'echo $')],
    {
      env,
      encoding: 'utf8',
    },
  );
  const lines = readFileSync(notes, 'utf8').split('\0\n').filter(Boolean);
  rmSync(bin, { recursive: true });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return lines.map((line) => line.split('\0'));
}

describe('docs/deploy.md, typed from its first to its last line', () => {
  const commands = typed();
  const of = (...begin: string[]) =>
    commands.filter((command) => begin.every((word, n) => command[n] === word));

  it('runs scripts that there are, with context that can be deployed', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = of('npm', 'run').map(([, , name]) => name);
    expect(named).toEqual(['synth', 'deploy', 'smoke']);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    const pairs = commands.flatMap((command) =>
      command.filter((_word, n) => command[n - 1] === '-c'),
    );
    for (const pair of pairs) {
      const [key = '', value] = pair.split('=');
      expect(() => readConfiguration({ [key]: value })).not.toThrow();
    }
    expect(pairs).toHaveLength(2);
  });

  it('asks for outputs that the stack has', () => {
    const asked = of('aws', 'cloudformation').map(
      (command) => /=='(\w+)'/.exec(command.join(' '))?.[1],
    );
    expect(asked).toHaveLength(4);
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(asked));
  });

  it('interrupts a call by a label that its template attaches', () => {
    const [command = []] = of('aws', 'events', 'put-events');
    const [entry] = JSON.parse(command.at(-1) ?? '') as { EventBusName: string; Detail: string }[];
    expect(entry?.EventBusName).toBe('the-InterruptionBusName');
    const event = fromEventBridge(eventBridge(JSON.parse(entry?.Detail ?? '')));
    const { target, context } = parseInterruption(event.request, event, Date.now());
    expect({ target, context }).toEqual({
      target: { label: 'order:4711' },
      context: { status: 'shipped' },
    });
  });
});
