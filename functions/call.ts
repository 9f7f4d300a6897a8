import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createPost } from './delivery/post.ts';
import { createCallHandler } from './outbound/call-handler.ts';
import { createPlaceCall, PATIENCE } from './outbound/place-call.ts';
import { clientSettings } from './runtime/aws.ts';
import { awsJsonFor } from './runtime/aws-json.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { callEnv } from './runtime/env.ts';
import { createLog } from './runtime/log.ts';
import { secretReader } from './runtime/secrets-manager.ts';
import { sentToken } from './runtime/tokens.ts';
import { createCallClaims } from './sessions/call-claims.ts';

const env = callEnv();
const { tokenSecretArn, token } = env;
const secretsManager = awsJsonFor('secretsmanager', env.secretsManager, clock);

/** Lambda that lets the assistant call somebody: `{ to, id? }` in, what came of it out. */
export const handler = createCallHandler({
  placeCall: createPlaceCall({
    ...env,
    token: sentToken(
      tokenSecretArn
        ? secretReader(tokenSecretArn, secretsManager)
        : async () => [{ value: token }],
    ),
    post: createPost(clock, PATIENCE),
    clock,
    random: Math.random,
  }),
  claims: createCallClaims({
    client: new DynamoDBClient(clientSettings),
    table: env.sessionsTable,
    clock,
  }),
  log: createLog('call'),
});
