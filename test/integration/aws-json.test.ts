import type { IncomingMessage, RequestListener } from 'node:http';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { awsJsonFor } from '../../functions/runtime/aws-json.ts';
import { type Clock, systemClock } from '../../functions/runtime/clock.ts';
import { createEventBus } from '../../functions/runtime/event-bus.ts';
import { createExchange } from '../../functions/runtime/exchange.ts';
import { awsServices } from '../support/aws-service.ts';
import { manualClock } from '../support/manual-clock.ts';

const REGION = 'eu-central-1';
const { random } = Math;
const services = awsServices();
const service = async (answer: RequestListener) => {
  const { url, seen } = await services(answer);
  return { endpoint: `${url}/events`, seen };
};

const callAt = (endpoint: string, clock: Clock = systemClock) =>
  awsJsonFor('events', { region: REGION, endpoint }, clock);
const clockAt = (time: { now: number }): Clock => ({ ...systemClock, now: () => time.now });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

it('asks as the client of the SDK does', async () => {
  const requests: unknown[] = [];
  const { endpoint } = await service(async (request, response) => {
    const { method, headers } = request;
    requests.push({
      method,
      host: headers.host,
      type: headers['content-type'],
      target: headers['x-amz-target'],
      token: headers['x-amz-security-token'],
      scope: headers.authorization?.match(/^AWS4-HMAC-SHA256 Credential=[^,]+/)?.[0],
      body: JSON.parse(await bodyOf(request)),
    });
    response.end('{"FailedEntryCount":0,"Entries":[]}');
  });
  const client = new EventBridgeClient({ endpoint, region: REGION });
  const detail = { session_id: 's-1', text: 'Grüße' };
  const entry = { EventBusName: 'bus', Source: 'ai-flow-lambda', DetailType: 'Interruption Heard' };
  await client.send(
    new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }),
  );
  client.destroy();
  await createEventBus({ name: 'bus', call: callAt(endpoint), clock: systemClock, random }).put([
    { detailType: 'Interruption Heard', detail },
  ]);
  expect(requests[1]).toEqual(requests[0]);
  expect(requests[1]).toMatchObject({
    type: 'application/x-amz-json-1.1',
    target: 'AWSEvents.PutEvents',
    scope: expect.stringMatching(/\/eu-central-1\/events\/aws4_request$/),
  });
});

describe('connections', () => {
  it('are waited for no longer than it was told', async () => {
    const clock = manualClock();
    const { endpoint } = await service((_request, response) => response.end('{}'));
    const exchange = createExchange({
      peer: 'S3',
      clock,
      connect_ms: 200,
      total_ms: 300,
      max_bytes: 2,
    });
    const exchanging = exchange({ method: 'GET', url: endpoint, headers: {}, body: '' });
    clock.pass(200);
    await expect(exchanging).rejects.toThrow('S3 gave no connection within 200 ms');
  });

  it('are kept, but none that has been idle for more than 4 s', async () => {
    const time = { now: 10_000 };
    const { endpoint, seen } = await service((_request, response) => response.end('{}'));
    const call = callAt(endpoint, clockAt(time));
    for (const now of [10_000, 11_000, 15_000]) {
      time.now = now;
      await call('A.B', {});
    }
    expect(seen.connections).toBe(1);
    time.now = 19_001;
    await call('A.B', {});
    expect(seen.connections).toBe(2);
  });

  it('cost one timer for each request that is answered in time', async () => {
    const { endpoint } = await service((_request, response) => response.end('{}'));
    let timers = 0;
    const after: Clock['after'] = (ms, callback) => {
      timers++;
      return systemClock.after(ms, callback);
    };
    const call = callAt(endpoint, { ...systemClock, after });
    await call('A.B', {});
    await call('A.B', {});
    expect(timers).toBe(2);
  });

  it('that lay idle beside a busy one are not used either', async () => {
    const time = { now: 10_000 };
    const { endpoint, seen } = await service((_request, response) => response.end('{}'));
    const call = callAt(endpoint, clockAt(time));
    const both = () => Promise.all([call('A.B', {}), call('A.B', {})]);
    await both();
    expect(seen.connections).toBe(2);
    for (const now of [13_000, 16_000]) {
      time.now = now;
      await call('A.B', {});
    }
    await both();
    expect(seen.connections).toBe(3);
  });

  it('that the service closes are replaced', async () => {
    let requests = 0;
    const { endpoint, seen } = await service((request, response) => {
      if (++requests === 2) request.socket.destroy();
      else response.end('{}');
    });
    const call = callAt(endpoint);
    await call('A.B', {});
    expect(await call('A.B', {})).toEqual({});
    expect(seen.connections).toBe(2);
  });
});

describe('an answer', () => {
  it('is waited for 300 ms, twice, also when it has begun', async () => {
    for (const begin of [false, true]) {
      const { endpoint, seen } = await service((_request, response) => {
        if (begin) response.writeHead(200).write('{');
      });
      const clock = {
        ...systemClock,
        after: (ms: number, late: () => void) => systemClock.after(ms / 3, late),
      };
      await expect(callAt(endpoint, clock)('A.B', {})).rejects.toThrow(
        'events gave no answer within 300 ms',
      );
      expect(seen.connections).toBe(2);
    }
  });

  it('leaves no timer behind, nor does a failure', async () => {
    const clock = manualClock();
    const { endpoint } = await service((_request, response) => response.end('{}'));
    await callAt(endpoint, clock)('A.B', {});
    expect(clock.next()).toBeUndefined();
    const refused = await service((_request, response) => response.writeHead(400).end('{}'));
    await expect(callAt(refused.endpoint, clock)('A.B', {})).rejects.toThrow('400');
    expect(clock.next()).toBeUndefined();
  });

  it('is not waited for by whom has given up', async () => {
    const stop = new AbortController();
    const { endpoint, seen } = await service(() => stop.abort(new Error('too late')));
    // Time stands still: nothing else can end it.
    await expect(callAt(endpoint, manualClock())('A.B', {}, stop.signal)).rejects.toThrow(
      'too late',
    );
    expect(seen.connections).toBe(1);
  });

  it('may be large, but not without end', async () => {
    const { endpoint } = await service((_request, response) =>
      response.end(Buffer.alloc(8 * 1024 * 1024 + 1)),
    );
    const patience = { connect_ms: 10_000, total_ms: 10_000 };
    const call = awsJsonFor('events', { region: REGION, endpoint }, systemClock, patience);
    await expect(call('A.B', {})).rejects.toThrow('must be at most 8388608 bytes');
  });
});
