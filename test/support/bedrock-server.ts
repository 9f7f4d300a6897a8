import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EventStreamCodec } from '@smithy/core/event-streams';

/**
 * One answer of the service: events of a stream, by type; `'hang'` leaves it open. Or an error
 * instead of a stream.
 */
export type Answer =
  | readonly (object | 'hang')[]
  | { readonly status: number; readonly error: string };

export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/**
 * What Bedrock is on the wire: HTTP/2, and the event-stream encoding of AWS. Gives the answers in
 * order.
 */
export async function bedrockServer(...answers: Answer[]) {
  const asked: Asked[] = [];
  const closed: string[] = [];
  const server = createServer();
  server.on('stream', async (stream, headers) => {
    const path = decodeURIComponent(headers[':path'] ?? '');
    stream.on('close', () => closed.push(path));
    stream.on('error', () => {});
    asked.push({ path, headers, body: JSON.parse(await text(stream)) });
    reply(stream, answers.shift() ?? { status: 500, error: 'NoAnswerLeft' });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, closed, stop: () => void server.close() };
}

function reply(stream: ServerHttp2Stream, answer: Answer): void {
  if ('error' in answer) {
    stream.respond({
      ':status': answer.status,
      'content-type': 'application/json',
      'x-amzn-errortype': answer.error,
    });
    return void stream.end(JSON.stringify({ message: 'Too many requests' }));
  }
  stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
  for (const event of answer) {
    if (event === 'hang') return;
    stream.write(encoded(event));
  }
  stream.end();
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (string) => Buffer.from(string),
);

/** `{ contentBlockDelta: {…} }`; what ends in Exception is one. */
function encoded(event: object): Uint8Array {
  const [[type, payload]] = Object.entries(event) as [[string, unknown]];
  const failed = type.endsWith('Exception');
  const header = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':message-type': header(failed ? 'exception' : 'event'),
      [failed ? ':exception-type' : ':event-type']: header(type),
      ':content-type': header('application/json'),
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}
