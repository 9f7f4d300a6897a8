import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
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
