import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TemplateContext } from '../../functions/template/index.ts';
import { calendarOf } from '../../functions/templates/appointment.ts';
import { postReceipt } from '../../functions/templates/emergency.ts';
import { askQueue } from '../../functions/templates/hotline.ts';
import { askShop } from '../../functions/templates/llm-agent.ts';
import { askShop as askOrders } from '../../functions/templates/order-status.ts';
import { postMessage } from '../../functions/templates/receptionist.ts';
import { askLive } from '../../functions/templates/self-correction.ts';
import { deliver } from '../../functions/templates/survey.ts';
import type { StartStandIn } from '../../local/flows.ts';
import startCalendar from '../../local/stand-ins/appointment.ts';
import startCounting from '../../local/stand-ins/emergency.ts';
import startQueue from '../../local/stand-ins/hotline.ts';
import startParcels from '../../local/stand-ins/llm-agent.ts';
import startOrders from '../../local/stand-ins/order-status.ts';
import startChat from '../../local/stand-ins/receptionist.ts';
import startDepartures from '../../local/stand-ins/self-correction.ts';
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

/** What stands in for it, until the test ends. */
async function contextOf(start: StartStandIn) {
  const { env, stop } = await start({ dynamodb: '' });
  ending.push(() => stop?.());
  return contextWith(env);
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
    const kept = await fetch(`${env.RESULTS_URL}/a`, {
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
    headers.authorization === 'Bearer new' ? [200, { status: 'packed', platform: 9 }] : [401];

  it.each<[string, (url: string) => Promise<unknown>, unknown]>([
    [
      'GET /parcels/47%2F11',
      (url) => askShop('47/11', signal, contextWith({ PARCELS_URL: `${url}/parcels/{order}` })),
      { status: 'packed', platform: 9 },
    ],
    [
      'DELETE /calendar/appointments/a%2Fb',
      (url) => calendarOf(contextWith({ CALENDAR_URL: `${url}/calendar/` })).cancel('a/b'),
      undefined,
    ],
    [
      'GET /orders/4711',
      (url) => askOrders('4711', signal, contextWith({ ORDERS_URL: `${url}/orders/{order}` })),
      'packed',
    ],
    [
      'GET /departures/Bad%20Homburg',
      (url) =>
        askLive('Bad Homburg', signal, contextWith({ DEPARTURES_URL: `${url}/departures/{to}` })),
      9,
    ],
    [
      'DELETE /callers/a%2Fb',
      (url) =>
        askQueue.leave(
          { ...WAITING, id: 'a/b' },
          contextWith({ QUEUE_URL: `${url}/callers/{id}` }),
        ),
      undefined,
    ],
    [
      'PUT /results/a',
      (url) => deliver({ id: 'a' } as never, contextWith({ RESULTS_URL: `${url}/results` })),
      undefined,
    ],
  ])('%s', async (line, ask, answered) => {
    const { url, asked } = await serverThatAnswers(changed);
    expect(await ask(url)).toEqual(answered);
    expect(asked).toEqual([`${line} Bearer old`, `${line} Bearer new`]);
  });
});

describe('a shop that a model asks', () => {
  it('tells where an order is, or that there is none', async () => {
    const context = await contextOf(startParcels);
    expect(await askShop('4711', signal, context)).toMatchObject({
      status: 'Order 4711 left our warehouse this morning.',
    });
    expect(await askShop('0815', signal, context)).toBe('There is no order 0815.');
  });

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

const WAITING = { id: 'call-1', caller: '491', since: 0 };

describe('the shop of order-status', () => {
  it('says where an order is, or that there is none', async () => {
    const context = await contextOf(startOrders);
    expect(await askOrders('4711', signal, context)).toBe('packed');
    expect(await askOrders('0815', signal, context)).toBeUndefined();
    expect(await askOrders('4711', signal, contextWith({}))).toBe('packed');
  });

  it.each<[number, object?]>([[503], [200, { status: 'lost' }], [200, {}]])(
    'that answers %s %j can’t be asked',
    async (status, body) => {
      const { url } = await serverThatAnswers(() => (body ? [status, body] : [status]));
      const asked = askOrders('4711', signal, contextWith({ ORDERS_URL: url }));
      await expect(asked).rejects.toThrow(`the shop answered ${status}`);
    },
  );

  it('that wants no key gets none', async () => {
    const { url, asked } = await serverThatAnswers(() => [200, { status: 'shipped' }]);
    const context = { env: { ORDERS_URL: `${url}/{order}` }, secret: async () => '' };
    expect(await askOrders('4711', signal, context)).toBe('shipped');
    expect(asked).toEqual(['GET /4711 undefined']);
  });
});

describe('live departures', () => {
  it('say from which platform a train leaves', async () => {
    const context = await contextOf(startDepartures);
    expect(await askLive('Hamburg', signal, context)).toBe(9);
    expect(await askLive('Berlin', signal, context)).toBe(2);
  });

  it.each<[number, object?]>([[503], [404], [200, { platform: '' }], [200, { platform: '9a' }]])(
    'that answer %s %j can’t be asked',
    async (status, body) => {
      const { url } = await serverThatAnswers(() => (body ? [status, body] : [status]));
      const asked = askLive('Hamburg', signal, contextWith({ DEPARTURES_URL: url }));
      await expect(asked).rejects.toThrow(`the live system answered ${status}`);
    },
  );

  it('may write a platform as a text', async () => {
    const { url } = await serverThatAnswers(() => [200, { platform: '12' }]);
    expect(await askLive('Hamburg', signal, contextWith({ DEPARTURES_URL: url }))).toBe(12);
  });
});

describe('a queue', () => {
  it('has a place for each caller until they leave, and for nobody afterwards', async () => {
    const context = await contextOf(startQueue);
    expect(await askQueue.place(WAITING, context)).toBe(3);
    expect(await askQueue.place(WAITING, context)).toBe(3);
    await askQueue.leave(WAITING, context);
    await askQueue.leave(WAITING, context);
  });

  it('may be closed', async () => {
    const { url: QUEUE_URL } = await serverThatAnswers(() => [410]);
    expect(await askQueue.place(WAITING, contextWith({ QUEUE_URL }))).toBeUndefined();
  });

  it.each<[number, object?]>([[503], [200, { position: 0 }], [200, {}]])(
    'that answers %s %j can’t be asked',
    async (status, body) => {
      const { url: QUEUE_URL } = await serverThatAnswers(() => (body ? [status, body] : [status]));
      const asked = askQueue.place(WAITING, contextWith({ QUEUE_URL }));
      await expect(asked).rejects.toThrow(`the queue answered ${status}`);
    },
  );
});

describe('messages and receipts', () => {
  const message = { id: 'a', text: 'For Sales: Hi', person: 'Sales', caller: null, said: 'Hi' };
  const receipt = { alarm: 'gas-1', id: 'a', understood: true };

  it('are taken', async () => {
    const key = { secret: async () => 'local' };
    await postMessage(message, { ...(await contextOf(startChat)), ...key });
    await postReceipt(receipt, { ...(await contextOf(startCounting)), ...key });
  });

  it('go out whole, and are known when they come again', async () => {
    const bodies: string[] = [];
    const { url } = await serverThatAnswers((request) => {
      request.on('data', (data) => bodies.push(String(data)));
      bodies.push(String(request.headers['idempotency-key']));
      return [204];
    });
    await postMessage(message, contextWith({ MESSAGES_URL: url }));
    await postReceipt(receipt, contextWith({ RECEIPTS_URL: url }));
    const sent = [JSON.stringify(message), JSON.stringify(receipt), 'a', 'gas-1:a'];
    await expect.poll(() => bodies.toSorted()).toEqual(sent.toSorted());
  });

  it('that aren’t taken are delivered again', async () => {
    const { url } = await serverThatAnswers(() => [500]);
    const context = contextWith({ MESSAGES_URL: url, RECEIPTS_URL: url });
    await expect(postMessage(message, context)).rejects.toThrow('MESSAGES_URL answered 500');
    await expect(postReceipt(receipt, context)).rejects.toThrow('RECEIPTS_URL answered 500');
  });
});
