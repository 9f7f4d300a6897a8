import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createWebSocketHandler } from './assistant/websocket-handler.ts';
import { createOutcomes } from './interruption/outcomes.ts';
import { assetsFrom } from './runtime/assets.ts';
import { clientSettings } from './runtime/aws.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { webhookEnv } from './runtime/env.ts';
import { createEventBus } from './runtime/event-bus.ts';
import { createLog } from './runtime/log.ts';
import { secretReader } from './runtime/secrets-manager.ts';
import { fixedTokens, readTokens } from './runtime/tokens.ts';
import { createDynamoDbStore } from './sessions/dynamodb-store.ts';
import { templateNamed } from './templates/index.ts';

const env = webhookEnv();
const log = createLog('websocket');
const { tokenSecretArn } = env;

/** Lambda behind the WebSocket API: what `webhook` does, over one connection for each call. */
export const handler = createWebSocketHandler({
  template: templateNamed(env.template),
  sessions: createDynamoDbStore({ client: new DynamoDBClient(clientSettings), table: env.sessionsTable, clock, log }),
  outcomes: createOutcomes({ bus: createEventBus(env.outcomesBus), log }),
  assets: assetsFrom(env.assets, import.meta.dirname, clock),
  tokens: tokenSecretArn ? readTokens(secretReader(tokenSecretArn), clock, log) : fixedTokens(env.token),
  clock,
  log,
});
