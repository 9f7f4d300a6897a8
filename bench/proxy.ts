import { readFileSync } from 'node:fs';
import { request as sendHttp } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capacityUnits, isWrite } from './meter.ts';

const TLS = join(import.meta.dirname, 'tls');

/** One request to DynamoDB and what it was billed. */
export interface Exchanged {
  readonly operation: string;
  /** As it was sent. */
  readonly body: string;
  readonly write_units: number;
  readonly read_units: number;
}

/** Stands in front of the embedded DynamoDB, over TLS and `ms` away, and tells of each request. */
export async function startProxy(
  endpoint: () => string,
  ms: number,
  tell: (exchanged: Exchanged) => void = () => {},
) {
  const options = {
    key: readFileSync(join(TLS, 'key.pem')),
    cert: readFileSync(join(TLS, 'cert.pem')),
  };
  const server = createServer(options, async (request, response) => {
    const body = String(Buffer.concat(await request.toArray()));
    const input = JSON.stringify({ ...JSON.parse(body), ReturnConsumedCapacity: 'TOTAL' });
    const { 'content-length': _, host: __, ...headers } = request.headers;
    const [answer] = await Promise.all([forwarded(headers, input), sleep(ms)]);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const units = capacityUnits(JSON.parse(answer.text));
    tell({
      operation,
      body,
      write_units: isWrite(operation) ? units : 0,
      read_units: isWrite(operation) ? 0 : units,
    });
    response
      .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(answer.text);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };

  function forwarded(headers: object, body: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      // Kept connections would be closed by the database while nothing is asked.
      const options = {
        method: 'POST',
        agent: false,
        headers: { ...headers, connection: 'close' },
      };
      sendHttp(endpoint(), options, async (answer) => {
        const text = String(Buffer.concat(await answer.toArray()));
        resolve({ status: answer.statusCode ?? 500, text });
      })
        .on('error', reject)
        .end(body);
    });
  }
}

/** For functions that ask it: its certificate is nobody's. */
export const TRUSTING = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
