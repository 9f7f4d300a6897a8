import type { RequestListener, ServerResponse } from 'node:http';
import * as sdk from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { freshCall } from '../../functions/call/document.ts';
import { createPost } from '../../functions/delivery/post.ts';
import { IMPATIENT } from '../../functions/runtime/aws.ts';
import { awsJsonFor } from '../../functions/runtime/aws-json.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createDynamoDb } from '../../functions/runtime/dynamodb.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { awsServices } from '../support/aws-service.ts';
import { fact } from '../support/facts.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

const services = awsServices();
const drips: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const drip of drips.splice(0)) clearInterval(drip);
});

const BODY = '{"Item":{"pk":{"S":"a"}}}';
const GET = { TableName: 'sessions', Key: { pk: { S: 'a' }, sk: { S: 'a' } } };

const dripping = (response: ServerResponse, text: string, ms = 40) => {
  drips.push(setInterval(() => response.write(text), ms));
};

const REGION = 'eu-central-1';
const dynamoDbAt = (endpoint: string, patience = IMPATIENT) =>
  createDynamoDb(awsJsonFor('dynamodb', { region: REGION, endpoint }, systemClock, patience));

describe('the client of the SDK', () => {
  const key = { pk: { S: 'a' }, sk: { S: 'Grüße ☎' } };
  const Item = {
    ...key,
    doc: { B: new Uint8Array([0, 255, 128]) },
    facts: { L: [{ B: Buffer.from('ab') }, { M: { B: { N: '1' } } }] },
    labels: { SS: ['x'] },
    none: { NULL: true },
  };
  const TableName = 'sessions';
  const REQUESTS = [
    ['GetItem', sdk.GetItemCommand, { TableName, Key: key, ConsistentRead: true }],
    ['PutItem', sdk.PutItemCommand, { TableName, Item }],
    ['DeleteItem', sdk.DeleteItemCommand, { TableName, Key: key }],
    ['Query', sdk.QueryCommand, { TableName, ExpressionAttributeValues: { ':pk': { S: 'a' } } }],
    [
      'BatchWriteItem',
      sdk.BatchWriteItemCommand,
      { RequestItems: { a: [{ PutRequest: { Item } }] } },
    ],
    [
      'UpdateItem',
      sdk.UpdateItemCommand,
      {
        TableName,
        Key: key,
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': { B: new Uint8Array([1]) } },
      },
    ],
  ] as const;

  it.each(REQUESTS)('asks and understands the same: %s', async (operation, Command, input) => {
    const asked: unknown[] = [];
    const { url } = await services(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const { authorization, host, ...headers } = request.headers;
      asked.push([
        headers['x-amz-target'],
        headers['content-type'],
        /Credential=[^,]+/.exec(authorization ?? '')?.[0],
        JSON.parse(String(body)),
      ]);
      const attributes = {
        doc: { B: 'AP+A' },
        facts: { L: [{ B: 'YWI=' }, { M: { B: { N: '1' } } }] },
      };
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ Item: attributes, Attributes: attributes, Items: [attributes] }));
    });
    const client = new sdk.DynamoDBClient({ endpoint: url, region: REGION });
    const command = Reflect.construct(Command, [input]) as sdk.GetItemCommand;
    const { $metadata, ...output } = await client.send(command);
    client.destroy();
    const ours = await dynamoDbAt(url)(operation, input as never);
    expect(asked[1]).toEqual(asked[0]);
    expect(plain(ours)).toMatchObject(plain(output));
  });

  /** Bytes are bytes, whatever their class. */
  const plain = (output: object) =>
    JSON.parse(
      JSON.stringify(output, function (this: Record<string, unknown>, key, value) {
        const bytes = this[key];
        return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : value;
      }),
    );
});

/** What an attempt may take, twice, with the pause between and a slow machine. */
const BOUND_MS = 1_500;

describe('an answer of DynamoDB', () => {
  const bad: [string, RequestListener][] = [
    ['that never begins', () => {}],
    [
      'whose body never begins',
      (_request, response) => void response.writeHead(200).flushHeaders(),
    ],
    [
      'whose body stalls',
      (_request, response) => void response.writeHead(200).write(BODY.slice(0, 5)),
    ],
    [
      'whose body stalls before its announced end',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': BODY.length }).write(BODY.slice(0, -1)),
    ],
    ['whose body drips', (_request, response) => dripping(response.writeHead(200), ' ')],
    ['that is an error, and drips', (_request, response) => dripping(response.writeHead(500), ' ')],
  ];

  // Each is waited for in vain: side by side.
  const each = (holds: (answer: RequestListener, what: string) => Promise<void>) =>
    Promise.all(bad.map(([what, answer]) => holds(answer, what)));

  it('is waited for no longer than it may, twice', () =>
    each(async (answer, what) => {
      let asked = 0;
      const { url } = await services((request, response) => {
        asked++;
        answer(request, response);
      });
      const began = performance.now();
      await expect(dynamoDbAt(url)('GetItem', GET), what).rejects.toMatchObject({
        message: 'dynamodb gave no answer within 300 ms',
      });
      expect(performance.now() - began, what).toBeLessThan(BOUND_MS);
      expect(asked, what).toBe(2);
    }));

  it('fails what is read and written of a call in time', () =>
    each(async (answer, what) => {
      const { url } = await services(answer);
      const parts = { table: 'sessions', clock: systemClock, log: recordingLog() };
      const store = createDynamoDbCallStore({ dynamoDb: dynamoDbAt(url), ...parts });
      const began = performance.now();
      const stored = { call: freshCall('a'), revision: 1, folded: [] };
      const requests = [
        store.record('a', fact({ kind: 'other' })),
        store.read('a'),
        store.save(stored, stored.call),
      ];
      await Promise.all(
        requests.map((request) => expect(request, what).rejects.toThrow('no answer within 300 ms')),
      );
      expect(performance.now() - began, what).toBeLessThan(BOUND_MS);
    }));

  it('is read whole, over one connection', async () => {
    const { url, seen } = await services((request, response) => {
      request.resume().on('end', () => {
        response
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
          .write(BODY.slice(0, 5));
        setTimeout(() => response.end(BODY.slice(5)), 20);
      });
    });
    const dynamoDb = dynamoDbAt(url);
    for (const _ of [1, 2, 3])
      expect((await dynamoDb('GetItem', GET)).Item).toEqual({ pk: { S: 'a' } });
    expect(seen.connections).toBe(1);
  });

  it('is asked for again after a broken connection', async () => {
    let asked = 0;
    const { url } = await services((request, response) => {
      if (++asked === 1) request.socket.destroy();
      else response.end(BODY);
    });
    expect((await dynamoDbAt(url)('GetItem', GET)).Item).toEqual({ pk: { S: 'a' } });
  });

  it('is not waited for by whom has given up', async () => {
    const stop = new AbortController();
    let asked = 0;
    const { url } = await services(() => {
      asked++;
      stop.abort();
    });
    const dynamoDb = dynamoDbAt(url, { connect_ms: 60_000, total_ms: 60_000 });
    const sending = dynamoDb('GetItem', GET, stop.signal);
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toBe(1);
  });

  it('may be as long as DynamoDB makes it, but not without end', async () => {
    const long = JSON.stringify({ Item: { text: { S: 'x'.repeat(1024 * 1024) } } });
    const { url } = await services((_request, response) => response.end(long));
    expect((await dynamoDbAt(url)('GetItem', GET)).Item?.text?.S).toHaveLength(1024 * 1024);
    const { url: endless } = await services((_request, response) =>
      dripping(response, 'x'.repeat(4 * 1024 * 1024), 5),
    );
    const dynamoDb = dynamoDbAt(endless, { connect_ms: 5_000, total_ms: 5_000 });
    await expect(dynamoDb('GetItem', GET)).rejects.toThrow('at most 8388608 bytes');
  });
});

it('a post lets go of an answer that has no end', async () => {
  const { url } = await services((request, response) => {
    dripping(response.writeHead(202), ' ');
    closed.push(new Promise((resolve) => request.socket.once('close', resolve)));
  });
  const closed: Promise<unknown>[] = [];
  const clock = manualClock();
  const post = createPost(clock, { connect_ms: 300, total_ms: 300 });
  expect(await post({ method: 'POST', url, headers: {}, body: '{}' })).toBe(202);
  await clock.advance(300);
  await closed[0];
});
