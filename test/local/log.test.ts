import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { watchLog } from '../../local/function-log.ts';
import { worthReading } from '../../local/log.ts';

test('a person reads warnings and what breaks, not every event', () => {
  const seen: string[] = [];
  const output = new Writable({
    write: (chunk, _encoding, done) => done(void seen.push(String(chunk))),
  });
  const log = worthReading(output);
  log.write('{"level":"INFO","message":"answered"}\n{"level":"WARN","message":"refused"}\n');
  log.write('Error: boom\n');
  expect(seen.join('')).toBe('{"level":"WARN","message":"refused"}\nError: boom\n');
});

test('what took long is told, and where', () => {
  const told: string[] = [];
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const log = watchLog(output, { notice: () => {}, slow: (line) => void told.push(line) });
  const line = { level: 'INFO', session_id: 's', event: 'user_speak' };
  for (const message of ['template_slow', 'answered', 'something_else'])
    for (const took_ms of [390, 410])
      log.write(`${JSON.stringify({ ...line, message, took_ms })}\n`);
  expect(told).toEqual([
    'slow: user_speak took 410 ms in the template: answer with later() (call s)',
    'slow: user_speak took 410 ms in all; after 800 ms the fallback is said (call s)',
  ]);
});

test('what was refused is told with the field', () => {
  const told: (string | undefined)[] = [];
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const notice = ({ text }: { text?: string }) => void told.push(text);
  const log = watchLog(output, { notice, slow: () => {} });
  const line = { level: 'WARN', message: 'refused', service: 'interrupt', field: 'target.caller' };
  log.write(`${JSON.stringify(line)}\n`);
  expect(told).toEqual(['refused (interrupt; target.caller)']);
});
