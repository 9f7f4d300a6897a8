import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TemplateContext } from '../../functions/template/index.ts';
import { calendarOf } from '../../functions/templates/appointment.ts';
import { askShop } from '../../functions/templates/llm-agent.ts';
import { deliver } from '../../functions/templates/survey.ts';
import startCalendar from '../../local/stand-ins/appointment.ts';
import startResults from '../../local/stand-ins/survey.ts';

/* What our call flows ask over HTTP, as they ask it: of what stands in for it, and of servers that change the key, or fail. */

const { signal } = new AbortController();
const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** What a handler is handed; the secrets are among the variables. */
const contextWith = (env: Readonly<Record<string, string>>) =>
  ({
    env,
    secret: async (name: string, { fresh = false } = {}) => (fresh ? 'new' : (env[name] ?? 'old')),
    signal,
    now: Date.now,
  }) as unknown as TemplateContext;

async function serverThatAnswers(answer: (request: IncomingMessage) => [number, object?]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const [status, body] = answer(request);
    response.writeHead(status).end(body && JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a calendar', () => {
  async function calendar() {
    const { env, stop } = await startCalendar({ dynamodb: '' });
    ending.push(() => stop?.());
    return calendarOf(contextWith(env));
  }
  const booked = { id: 'call-1', day: '2030-01-01', time: '09:30' };

  it('is asked for times, and keeps what is made, moved and cancelled', async () => {
    const { free, of, book, cancel } = await calendar();
    expect(await free('2030-01-06')).toEqual([]);
    expect(await book(booked, '491')).toBe(true);
    expect(await of('491')).toMatchObject(booked);
    expect(await free('2030-01-01')).not.toContain('09:30');
    expect(await book(booked, '491')).toBe(true);
    expect(await book({ ...booked, time: '11:00' }, '491')).toBe(true);
    expect(await free('2030-01-01')).toContain('09:30');
    await cancel('call-1');
    await cancel('call-1');
    expect(await free('2030-01-01')).toContain('11:00');
  });

  it('gives a time to one of two', async () => {
    const { book } = await calendar();
    expect(await book(booked, '491')).toBe(true);
    expect(await book({ ...booked, id: 'call-2' }, '492')).toBe(false);
  });

  it('that fails is one that can’t be asked', async () => {
    const { url: CALENDAR_URL } = await serverThatAnswers(() => [503]);
    const { free, of, book, cancel } = calendarOf(contextWith({ CALENDAR_URL }));
    for (const ask of [
      () => free('2030-01-01'),
      () => of('491'),
      () => book(booked, '491'),
      () => cancel('call-1'),
    ])
      await expect(ask()).rejects.toThrow('the calendar answered 503');
  });
});

describe('results', () => {
  const result = { id: 'a', caller: '49', callee: '49', answers: {}, comment: '', complete: true };

  it('are put where the call has its name', async () => {
    const { env, stop } = await startResults({ dynamodb: '' });
    ending.push(() => stop?.());
    await deliver(result, contextWith(env));
    const kept = await fetch(`${env.RESULTS_URL}/results/a`, {
      headers: { authorization: 'Bearer local' },
    });
    expect(await kept.json()).toEqual(result);
  });

  it('that aren’t taken are delivered again', async () => {
    const { url: RESULTS_URL } = await serverThatAnswers(() => [500]);
    await expect(deliver(result, contextWith({ RESULTS_URL }))).rejects.toThrow('answered 500');
  });
});

describe('a key that was changed is read again', () => {
  const changed = ({ headers }: IncomingMessage): [number, object?] =>
    headers.authorization === 'Bearer new' ? [200, { status: 'packed' }] : [401];

  it.each<[string, (url: string) => Promise<unknown>, unknown]>([
    [
      'GET /parcels/47%2F11',
      (url) => askShop('47/11', signal, contextWith({ PARCELS_URL: `${url}/parcels/{order}` })),
      { status: 'packed' },
    ],
    [
      'DELETE /appointments/a%2Fb',
      (url) => calendarOf(contextWith({ CALENDAR_URL: url })).cancel('a/b'),
      undefined,
    ],
    [
      'PUT /results/a',
      (url) => deliver({ id: 'a' } as never, contextWith({ RESULTS_URL: url })),
      undefined,
    ],
  ])('%s', async (line, ask, answered) => {
    const { url, asked } = await serverThatAnswers(changed);
    expect(await ask(url)).toEqual(answered);
    expect(asked).toEqual([`${line} Bearer old`, `${line} Bearer new`]);
  });
});

describe('a shop that a model asks', () => {
  it.each<[number, unknown]>([
    [404, 'There is no order 4711.'],
    [503, { message: 'the shop answered 503', expose: true }],
  ])('answers %s', async (status, told) => {
    const { url } = await serverThatAnswers(() => [status]);
    const context = contextWith({ PARCELS_URL: `${url}/{order}` });
    const found = await askShop('4711', signal, context).catch((error: unknown) => error);
    if (typeof told === 'string') expect(found).toBe(told);
    else expect(found).toMatchObject(told as object);
  });
});
