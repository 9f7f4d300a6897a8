import { WebSocket } from 'ws';
import { type Verdict, well, wrong } from './verdict.ts';
import { actionsIn } from './webhook-check.ts';

const PATIENCE_MS = 5_000;

export interface Socket {
  send(event: object): void;
  /** Whether a `speak` of that text has come by now, or comes in time. */
  hears(text: string): Promise<boolean>;
  close(): void;
}

/** Connects as AI Flow does; gives what is in the way if nothing comes of it. */
export async function connect(url: string, token: string): Promise<Socket | Verdict> {
  const socket = new WebSocket(url, {
    headers: { 'X-API-TOKEN': token },
    handshakeTimeout: PATIENCE_MS,
  });
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    for (const { text } of actionsIn(String(data))) if (text !== undefined) heard.push(text);
    for (const look of waiting) look();
  });
  const problem = await new Promise<Verdict | undefined>((resolve) => {
    socket.once('open', () => resolve(undefined));
    socket.once('unexpected-response', (_request, { statusCode = 0 }) =>
      resolve(refused(statusCode)),
    );
    socket.once('error', ({ message }) => resolve(wrong(`cannot be reached: ${message}`)));
  });
  socket.on('error', () => {});
  if (problem) return problem;
  return {
    send: (event) => socket.send(JSON.stringify(event)),
    close: () => socket.close(),
    hears: (text) =>
      new Promise((resolve) => {
        const done = (isHeard: boolean) => {
          waiting.delete(look);
          clearTimeout(timer);
          resolve(isHeard);
        };
        const look = () => heard.includes(text) && done(true);
        const timer = setTimeout(() => done(false), PATIENCE_MS);
        waiting.add(look);
        look();
      }),
  };
}

const refused = (status: number) =>
  wrong(
    status === 401
      ? 'refuses the token that lies in Secrets Manager'
      : `refuses the connection (${status}): is WebSocketUrl that of this stack?`,
  );

/** What became of an interruption over it. */
export function judgeSocket(isHeard: boolean, error?: { code: string; message: string }): Verdict {
  if (isHeard) return well('takes events, and interruptions come back at once');
  if (error?.code === 'refused')
    return wrong(
      `an interruption is refused (${error.message}): check the permission execute-api:ManageConnections of the interrupt function`,
    );
  return wrong(`an interruption did not come back${error ? `: ${error.message}` : ''}`);
}
