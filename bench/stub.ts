import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TLS = join(import.meta.dirname, 'tls');
export const CERTIFICATE = join(TLS, 'cert.pem');
export const SECRET = 'bench-token';
/** Every service of AWS at one address, and what the functions are told of their stack. */
export const stackAt = (url: string): Record<string, string> => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: url,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
  AWS_ENDPOINT_URL_EVENTBRIDGE: url,
  AWS_ENDPOINT_URL_SQS: url,
  SESSIONS_TABLE: 'sessions',
  OUTCOMES_BUS: 'outcomes',
  INTERRUPTION_QUEUE_URL: `${url}/queue`,
  JOB_FUNCTION_URL: `${url}/job`,
});

/** What a store takes to answer. */
export const STORE_MS = 4;

interface Input {
  readonly Key?: Key;
  readonly RequestItems?: Record<
    string,
    readonly { readonly PutRequest?: { readonly Item: Key } }[]
  >;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}
interface Key {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}
type Row = Record<string, unknown> & { facts?: { L: unknown[] }; rev?: { N: string } };

/**
 * DynamoDB and Secrets Manager over TLS, as little of them as the subjects ask for, `ms` after each request. An embedded
 * DynamoDB would be measured along with whoever asks it. What is posted elsewhere, such as a push, is told by its path
 * as soon as it is there.
 */
export async function startStub(ms: number, posted: (path: string) => void = () => {}) {
  const rows = new Map<string, Row>();
  const listed = new Map<string, Key[]>();
  const options = {
    key: readFileSync(join(TLS, 'key.pem')),
    cert: readFileSync(CERTIFICATE),
  };
  const server = createServer(options, async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const target = request.headers['x-amz-target']?.toString().split('.')[1];
    if (!target) posted(request.url ?? '');
    const output = JSON.stringify(target ? outputOf(target, JSON.parse(String(body))) : {});
    if (ms > 0) await sleep(ms);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(output);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;

  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };

  function outputOf(target: string, input: Input): object {
    const key = `${input.Key?.pk.S} ${input.Key?.sk.S}`;
    switch (target) {
      case 'GetSecretValue':
        return { SecretString: SECRET };
      case 'GetItem':
        return { Item: rows.get(key) };
      case 'Query':
        return { Items: listed.get(pkIn(input)) ?? [] };
      case 'BatchWriteItem':
        return listings(input);
      case 'UpdateItem':
        rows.set(key, updated(rows.get(key) ?? {}, input));
        return { Attributes: rows.get(key) };
      default:
        return {};
    }
  }

  function listings({ RequestItems = {} }: Input): object {
    for (const { PutRequest } of Object.values(RequestItems).flat()) {
      const { pk, sk } = PutRequest?.Item ?? {};
      if (pk && sk) listed.set(pk.S, [...(listed.get(pk.S) ?? []), { pk, sk }]);
    }
    return {};
  }
}

const NEVER = { N: '9999999999' };

const pkIn = ({ ExpressionAttributeValues: values = {} }: Input) =>
  (values[':pk'] as { readonly S: string } | undefined)?.S ?? '';

/** The two writes of our store, and the one of everybody else. */
function updated(row: Row, { UpdateExpression = '', ExpressionAttributeValues = {} }: Input): Row {
  const { ':fact': fact, ':next': rev, ':doc': doc } = ExpressionAttributeValues;
  if (doc) return { doc, rev: rev as { N: string }, expires_at: NEVER };
  if (!UpdateExpression.includes('list_append')) return { turn: { N: '1' } };
  const facts = [...(row.facts?.L ?? []), ...(fact as { L: unknown[] }).L];
  return {
    ...row,
    facts: { L: facts },
    expires_at: NEVER,
    rev: { N: String(Number(row.rev?.N ?? 0) + 1) },
  };
}
