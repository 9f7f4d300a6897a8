import { describe, expect, it } from 'vitest';
import { fixedTokens, readTokens, type Secret, sentToken } from '../../functions/runtime/tokens.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

function setup(read: () => Promise<Secret[]>) {
  const clock = manualClock();
  const log = recordingLog();
  let reads = 0;
  const tokens = readTokens(
    () => {
      reads++;
      return read();
    },
    clock,
    log,
  );
  return { clock, log, tokens, reads: () => reads };
}

describe('tokens that live in Secrets Manager', () => {
  it('are read while the function initialises, and once for all requests', async () => {
    const { tokens, reads } = setup(async () => [{ value: 'a' }]);
    expect(reads()).toBe(1);
    expect(await Promise.all([tokens.accepts('a'), tokens.accepts('a')])).toEqual([true, true]);
    expect(reads()).toBe(1);
  });

  it('are read again when something does not match, but not for every guess', async () => {
    let secrets = [{ value: 'a' }];
    const { tokens, clock, reads } = setup(async () => secrets);
    await tokens.accepts('a');
    secrets = [{ value: 'b' }];
    expect(await tokens.accepts('b')).toBe(false);
    expect(reads()).toBe(1);
    await clock.advance(5_000);
    expect(await tokens.accepts('b')).toBe(true);
    expect(await tokens.accepts('a')).toBe(false);
    for (let guess = 0; guess < 100; guess++) await tokens.accepts(`guess ${guess}`);
    expect(reads()).toBe(2);
    expect(await tokens.accepts(undefined)).toBe(false);
  });

  it('let the previous one pass until its time is up', async () => {
    const until = manualClock().now() + 1000;
    const { tokens, clock } = setup(async () => [{ value: 'new' }, { value: 'old', until }]);
    expect(await tokens.accepts('old')).toBe(true);
    await clock.advance(1000);
    expect(await tokens.accepts('old')).toBe(false);
    expect(await tokens.accepts('new')).toBe(true);
  });

  it('are 503 while they cannot be read, and recover', async () => {
    let down = true;
    const { tokens, log } = setup(async () =>
      down ? Promise.reject(new Error('throttled')) : [{ value: 'a' }],
    );
    await expect(tokens.accepts('a')).rejects.toMatchObject({
      status: 503,
      code: 'secret_unavailable',
    });
    expect(log.lines[0]).toMatchObject({ level: 'error', message: 'secret_unavailable' });
    down = false;
    expect(await tokens.accepts('a')).toBe(true);
  });

  it('are there to seal with, but for empty ones, once they can be read', async () => {
    let down = true;
    const { tokens } = setup(async () =>
      down ? Promise.reject(new Error('throttled')) : [{ value: '' }, { value: 'a' }],
    );
    await expect(tokens.values()).rejects.toMatchObject({ code: 'secret_unavailable' });
    down = false;
    expect(await tokens.values()).toEqual(['a']);
    expect(await fixedTokens('', 'a').values()).toEqual(['a']);
  });

  it('stay known when a later read fails', async () => {
    let down = false;
    const { tokens, clock } = setup(async () =>
      down ? Promise.reject(new Error('throttled')) : [{ value: 'a' }],
    );
    await tokens.accepts('a');
    down = true;
    await clock.advance(60_000);
    expect(await tokens.accepts('b')).toBe(false);
    expect(await tokens.accepts('a')).toBe(true);
  });

  it('are refreshed now and then, without making anybody wait', async () => {
    let secrets = [{ value: 'a' }];
    const { tokens, clock, reads } = setup(async () => secrets);
    await tokens.accepts('a');
    secrets = [];
    await clock.advance(16 * 60_000);
    expect(await tokens.accepts('a')).toBe(true);
    await clock.advance(0);
    expect(reads()).toBe(2);
    expect(await tokens.accepts('a')).toBe(false);
  });
});

describe('a token to send', () => {
  it('is read once, and again when the other side has refused it', async () => {
    let reads = 0;
    const token = sentToken(async () => [{ value: `token-${++reads}` }, { value: 'old' }]);
    expect(await Promise.all([token(), token()])).toEqual(['token-1', 'token-1']);
    expect(await token(true)).toBe('token-2');
    expect(await token()).toBe('token-2');
  });

  it('is asked for again after it could not be read', async () => {
    let down = true;
    const token = sentToken(async () => {
      if (down) throw new Error('throttled');
      return [{ value: 'a' }];
    });
    await expect(token()).rejects.toThrow('throttled');
    down = false;
    expect(await token()).toBe('a');
  });

  it('that is asked for anew is not forgotten for an older one that fails late', async () => {
    const late = Promise.withResolvers<Secret[]>();
    const answers = [late.promise, Promise.resolve([{ value: 'b' }]), Promise.resolve([])];
    const token = sentToken(() => answers.shift() as Promise<Secret[]>);
    const first = token();
    expect(await token(true)).toBe('b');
    late.reject(new Error('throttled'));
    await expect(first).rejects.toThrow('throttled');
    expect(await token()).toBe('b');
  });
});
