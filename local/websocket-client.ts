import { WebSocket } from 'ws';
import { originOf } from './simulator/application.ts';
import type { Connect } from './simulator/socket.ts';
import { whyUnreachable } from './unreachable.ts';

/**
 * Opens a WebSocket to the application, as AI Flow does for each call. Rejects, in words, when it
 * is refused.
 */
export const websocketClient =
  (url: string, token: string): Connect =>
  ({ received, closed }) =>
    new Promise((resolve, reject) => {
      const client = new WebSocket(url, {
        headers: { 'X-API-TOKEN': token, 'User-Agent': 'ai-flow-simulator' },
      });
      client.on('open', () =>
        resolve({ send: (text) => client.send(text), close: () => client.close() }),
      );
      client.on('message', (data) => received(String(data)));
      client.on('unexpected-response', (_request, { statusCode }) => {
        reject(new Error(`the WebSocket was refused with status ${statusCode}`));
        client.terminate();
      });
      client.on('error', (error) => reject(new Error(whyUnreachable(error, originOf(url)))));
      client.on('close', closed);
    });
