import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TLS = join(import.meta.dirname, 'tls');
export const CERTIFICATE = join(TLS, 'cert.pem');
export const SECRET = 'bench-token';

interface Input {
  readonly Key?: { readonly pk: { readonly S: string } };
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}
type Row = Record<string, unknown> & { facts?: { L: unknown[] }; rev?: { N: string } };

/**
 * DynamoDB and Secrets Manager over TLS, as little of them as the subjects ask for, `ms` after each request. An embedded
 * DynamoDB would be measured along with whoever asks it.
 */
export async function startStub(ms: number) {
  const rows = new Map<string, Row>();
  const options = {
    key: readFileSync(join(TLS, 'key.pem')),
    cert: readFileSync(CERTIFICATE),
  };
  const server = createServer(options, async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const target = String(request.headers['x-amz-target']).split('.')[1];
    const output = JSON.stringify(outputOf(target, JSON.parse(String(body))));
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

  function outputOf(target: string | undefined, input: Input): object {
    if (target === 'GetSecretValue') return { SecretString: SECRET };
    if (target !== 'UpdateItem') return {};
    const key = input.Key?.pk.S ?? '';
    const row = updated(rows.get(key) ?? {}, input);
    rows.set(key, row);
    return { Attributes: row };
  }
}

/** The two writes of our store, and the one of everybody else. */
function updated(row: Row, { UpdateExpression = '', ExpressionAttributeValues = {} }: Input): Row {
  const { ':fact': fact, ':next': rev, ':doc': doc } = ExpressionAttributeValues;
  if (doc) return { doc, rev: rev as { N: string } };
  if (!UpdateExpression.includes('list_append')) return { turn: { N: '1' } };
  const facts = [...(row.facts?.L ?? []), ...(fact as { L: unknown[] }).L];
  return {
    ...row,
    facts: { L: facts },
    expires_at: { N: '9999999999' },
    rev: { N: String(Number(row.rev?.N ?? 0) + 1) },
  };
}
