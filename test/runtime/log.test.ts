import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InvalidValue } from '../../functions/protocol/invalid.ts';
import { AwsError } from '../../functions/runtime/aws-json.ts';
import { createLog } from '../../functions/runtime/log.ts';

const written = (error: unknown) => {
  const lines: string[] = [];
  createLog('webhook', (line) => lines.push(line)).error('answer_failed', {
    session_id: 'a',
    error,
  });
  return { text: lines.join(''), line: JSON.parse(lines[0] as string) };
};

describe('the log', () => {
  it('is one JSON object a line, as metric filters read it', () => {
    const { text, line } = written(undefined);
    expect(text).toMatch(/^\{.*\}\n$/);
    expect(line).toMatchObject({
      level: 'ERROR',
      message: 'answer_failed',
      service: 'webhook',
      session_id: 'a',
    });
    expect(new Date(line.timestamp).getTime()).toBeGreaterThan(0);
  });

  it('keeps what an error quotes, and long numbers, to itself', () => {
    const { text } = written(new Error('Unexpected token in "I am Anna", called +49 176 39123456'));
    expect(text).not.toMatch(/Anna|39123456/);
    expect(text).toContain('Unexpected token in');
  });

  it('has what AWS says, and not what an author’s error that may be retried does', () => {
    const message = (error: Error) => written(error).line.error.message;
    expect(message(new AwsError('Throttled', 'Rate exceeded', true))).toBe('Rate exceeded');
    const own = Object.assign(new Error('no customer Anna'), { retryable: true });
    expect(message(own)).toBeUndefined();
  });

  it('says why a fetch failed, and no more of a cause than of an error', async () => {
    const gone = createServer((socket) => socket.once('data', () => socket.end())).listen(
      0,
      '127.0.0.1',
    );
    await once(gone, 'listening');
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/`;
    const reason = async () => written(await fetch(url).catch((error) => error)).line.error.message;
    expect(await reason()).toBe('UND_ERR_SOCKET');
    gone.close();
    expect(await reason()).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1/);

    const cause = new Error('no customer Anna');
    for (const message of ['fetch failed', 'not found'])
      expect(written(new TypeError(message, { cause })).line.error.message).toBeUndefined();
  });

  it('masks what AWS and the operating system quote, and long numbers', () => {
    const message = 'no key "I am Anna" of `Bob`, nor \'Eve\', for +49 176 39123456';
    const masked = 'no key "…" of `…`, nor \'…\', for …';
    for (const source of [{ syscall: 'open' }, { $metadata: {} }])
      expect(written(Object.assign(new Error(message), source)).line.error.message).toBe(masked);
    expect(written(new AwsError('Refused', message, false)).line.error.message).toBe(masked);
  });

  it('has no word of what an author has thrown, whatever it is', () => {
    const named = Object.assign(new Error('no customer Anna'), { name: 'Anna Smith' });
    const unexposed = Object.assign(new Error('no customer Anna'), { expose: false });
    const logged = Object.assign(new Error('no customer Anna'), { logged: { of: 'Anna' } });
    const framed = new Error('no customer\n    at Anna (Smith)');
    for (const thrown of ['Anna', { of: 'Anna' }, named, unexposed, logged, framed])
      expect(written(thrown).text).not.toContain('Anna');
    expect(written('Anna').line.error).toEqual({ name: 'string' });
    expect(written(named).line.error).toMatchObject({ name: 'Error' });
  });

  it('has five places of a stack, of 300 characters each', () => {
    const long = Object.assign(new Error('no'), {
      stack: `Error: no\n${`    at ${'x'.repeat(400)}\n`.repeat(9)}`,
    });
    expect(written(long).line.error.at).toEqual(Array(5).fill(`at ${'x'.repeat(297)}`));
  });

  it('says what an error class lets out', () => {
    expect(written(new InvalidValue('text must be "a"', 'text')).line.error).toMatchObject({
      name: 'InvalidValue',
      message: 'text must be "a"',
      at: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
    });
  });
});
