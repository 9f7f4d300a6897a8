import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One answer: what is written of the stream, piece by piece, and how it goes on; or a refusal. */
export type Answer =
  | { readonly stream: readonly (string | Uint8Array)[]; readonly then?: 'hang' | 'reset' }
  | {
      readonly status: number;
      readonly headers?: OutgoingHttpHeaders;
      readonly body?: object;
    };

export interface Asked {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly messages: object[]; readonly [key: string]: unknown };
}

/** A server that speaks OpenAI's protocol for chat completions. Gives the answers in order. */
export async function openAiServer(...answers: Answer[]) {
  const asked: Asked[] = [];
  let closed = 0;
  const server = createServer(async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) closed++;
    });
    asked.push({
      path: request.url,
      headers: request.headers,
      body: JSON.parse(await text(request)),
    });
    const answer = answers.shift() ?? { status: 500 };
    if ('status' in answer) {
      response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const piece of answer.stream) {
      response.write(piece);
      await new Promise((go) => setImmediate(go));
    }
    if (answer.then === 'reset') response.destroy();
    else if (answer.then !== 'hang') response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    /** Answers that nobody wanted to the end. */
    closed: () => closed,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * A chunk as it is on the wire. Source:
 * https://platform.openai.com/docs/api-reference/chat-streaming/streaming
 */
export const chunk = (delta: object, finish_reason: string | null = null) =>
  event({
    id: 'chatcmpl-123',
    object: 'chat.completion.chunk',
    created: 1_694_268_190,
    model: 'gpt-4o-mini',
    system_fingerprint: 'fp_44709d6fcb',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });

export const event = (data: object | string) =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

export const words = (...texts: string[]) => [
  chunk({ role: 'assistant', content: '', refusal: null }),
  ...texts.map((content) => chunk({ content })),
];

/** Its last chunks: why it ended, and what it has counted. */
export const ended = (reason: string) => [
  chunk({}, reason),
  event({
    object: 'chat.completion.chunk',
    choices: [],
    usage: { prompt_tokens: 82, completion_tokens: 17, total_tokens: 99 },
  }),
  event('[DONE]'),
];
