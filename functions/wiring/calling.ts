import { createPost } from '../delivery/post.ts';
import type { CallHandlerParts } from '../outbound/call-handler.ts';
import { createPlaceCall, PATIENCE } from '../outbound/place-call.ts';
import { awsJsonFor } from '../runtime/aws-json.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { createDynamoDb } from '../runtime/dynamodb.ts';
import { callEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { tokenReader } from '../runtime/secrets-manager.ts';
import { sentToken } from '../runtime/tokens.ts';
import { createCallClaims } from '../sessions/call-claims.ts';

/** What the function is made of that places calls, from its environment. */
export function calling(name: string): CallHandlerParts {
  const env = callEnv();
  const secretsManager = awsJsonFor('secretsmanager', env.secretsManager, clock);
  const dynamoDb = createDynamoDb(awsJsonFor('dynamodb', env.dynamoDb, clock));
  return {
    placeCall: createPlaceCall({
      ...env,
      token: sentToken(tokenReader(env, secretsManager)),
      post: createPost(clock, PATIENCE),
      clock,
      random: Math.random,
    }),
    claims: createCallClaims({ dynamoDb, table: env.sessionsTable, clock }),
    log: createLog(name),
  };
}
