import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Channel, Delivery } from '../../functions/delivery/channel.ts';
import { createExternalApi } from '../../functions/delivery/external-api.ts';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import { speak } from '../../functions/protocol/builders.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { fixedTokens, type Tokens } from '../../functions/runtime/tokens.ts';
import { recordingLog } from './log.ts';
import { memoryStack } from './memory-stack.ts';
import { createMemoryStore } from './memory-store.ts';
import { noQueue } from './no-queue.ts';
import { textOf } from './sqs-service.ts';

export const TOKEN = 'the-token';

/** Many a greeting is one that nobody may cut. */
const TEMPLATE = defineTemplate({
  fallback: 'Pardon?',
  onSessionStart: () => speak('This call is recorded.', { barge_in: { strategy: 'none' } }),
});

/** A refusal by a service of AWS. */
export interface Refusal {
  readonly name: string;
  readonly message?: string;
}

export interface Faults {
  /** By service of AWS. */
  readonly refuses?: Partial<Record<'cloudformation' | 'secretsmanager' | 'lambda', Refusal>>;
  /** What the functions do with the call's row. */
  readonly sessions?: Partial<CallStore>;
  readonly tokens?: Tokens;
  /** API Gateway answers so, instead of the webhook. */
  readonly status?: number;
  /** What the interrupt function throws. */
  readonly throws?: { errorType: string; errorMessage: string };
  readonly outputs?: Record<string, string | undefined>;
  /** What AI Flow answers at its external API; without it there is none. */
  readonly post?: () => Promise<number>;
  readonly apiToken?: () => Promise<string>;
  /** The connection is refused so. */
  readonly socketStatus?: number;
  /** What API Gateway says to what is pushed. */
  readonly pushed?: Delivery;
}

const SETTINGS = {
  url: 'https://ai-flow.example/{session_id}',
  method: 'POST',
  authHeader: 'Authorization',
  authScheme: 'Bearer',
  acceptedStatuses: '200-299',
};

/**
 * A deployed stack on one port: the functions as they are, in memory, with CloudFormation, Secrets
 * Manager, Lambda and API Gateway around them as far as `npm run smoke` asks them.
 */
export async function deployed(faults: Faults = {}) {
  const sockets = new Map<string, (text: string) => void>();
  const functions = createFunctions(faults, sockets);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  acceptSockets(server, faults, functions.websocket, sockets);
  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await textOf(request);
    if (request.url === '/webhook') {
      const headers = request.headers as Record<string, string>;
      const { statusCode, body: text } = faults.status
        ? { statusCode: faults.status, body: '' }
        : await functions.webhook({ headers, body, requestContext: { timeEpoch: clock.now() } });
      response.writeHead(statusCode).end(text);
    } else if (request.url?.startsWith('/2015-03-31/')) await invoked(body, response);
    else if (request.headers['x-amz-target']) secret(response);
    else described(response);
  }

  async function invoked(body: string, response: ServerResponse) {
    const refusal = faults.refuses?.lambda;
    if (refusal) {
      response.setHeader('x-amzn-errortype', `${refusal.name}:http://internal.amazon.com/`);
      response.writeHead(403).end(JSON.stringify({ Message: refusal.message ?? 'no' }));
    } else if (faults.throws) {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify(faults.throws));
    } else response.end(JSON.stringify(await functions.interrupt(JSON.parse(body))));
  }

  function secret(response: ServerResponse) {
    const refusal = faults.refuses?.secretsmanager;
    if (!refusal) return void response.end(JSON.stringify({ SecretString: TOKEN }));
    response.writeHead(400).end(JSON.stringify({ __type: refusal.name, message: refusal.message }));
  }

  function described(response: ServerResponse) {
    const refusal = faults.refuses?.cloudformation;
    if (refusal) {
      const { name, message = 'no' } = refusal;
      response
        .writeHead(400)
        .end(
          `<ErrorResponse><Error><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`,
        );
      return;
    }
    const outputs: Record<string, string | undefined> = {
      WebhookUrl: `${url}/webhook`,
      WebSocketUrl: `${url.replace('http', 'ws')}/live`,
      WebhookTokenCommand:
        'aws secretsmanager get-secret-value --secret-id arn:secret --query SecretString --output text',
      InterruptFunctionName: 'AiFlowLambda-Interrupt',
      InterruptionChannel: faults.post ? 'external-api' : 'next-event',
      ...(faults.post && {
        ExternalApiTokenCommand:
          "aws secretsmanager put-secret-value --secret-id arn:api --secret-string '<token>'",
      }),
      ...faults.outputs,
    };
    const members = Object.entries(outputs).map(
      ([key, value = '']) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
    );
    response.end(
      `<DescribeStacksResponse><Outputs>${members.join('\n')}</Outputs></DescribeStacksResponse>`,
    );
  }
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function createFunctions(faults: Faults, sockets: Map<string, (text: string) => void>) {
  const log = recordingLog();
  const { post, apiToken: token = async () => 'api-token', pushed } = faults;
  const websocket: Channel = {
    send: async (to, actions) => {
      if (pushed) return pushed;
      sockets.get(to)?.(JSON.stringify(actions));
      return { status: sockets.has(to) ? 'delivered' : 'gone' };
    },
  };
  const parts = {
    templates: always(TEMPLATE),
    sessions: { ...createMemoryStore(clock), ...faults.sessions },
    outcomes: createOutcomes({ bus: { put: async () => {} }, log }),
    jobs: { start: async () => {} },
    queue: noQueue,
    channel:
      post && createExternalApi({ settings: SETTINGS, token, post, clock, random: Math.random }),
    websocket,
    wake: async () => {},
    clock,
    log,
  };
  const stack = memoryStack(parts);
  const tokens = faults.tokens ?? fixedTokens(TOKEN);
  const ways = { channel: post !== undefined, websocket: true };
  return { ...stack, webhook: createWebhookHandler({ ...parts, ways, tokens }) };
}

function acceptSockets(
  server: ReturnType<typeof createServer>,
  { socketStatus }: Faults,
  handle: ReturnType<typeof memoryStack>['websocket'],
  sockets: Map<string, (text: string) => void>,
) {
  const accepting = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const status = request.headers['x-api-token'] === TOKEN ? socketStatus : 401;
    if (status) return void socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
    accepting.handleUpgrade(request, socket, head, (live) => {
      const connectionId = String(Math.random());
      sockets.set(connectionId, (text) => live.send(text));
      live.on('message', async (data) => {
        const requestContext = {
          routeKey: '$default',
          connectionId,
          requestTimeEpoch: clock.now(),
        };
        const { body } = await handle({ body: String(data), requestContext });
        if (body) live.send(body);
      });
    });
  });
}
