import type { ReceiverParts } from '../assistant/receiver.ts';
import { createInvocation } from '../delivery/invocation.ts';
import { createPost } from '../delivery/post.ts';
import { createOutcomes } from '../interruption/outcomes.ts';
import { wakeBy } from '../interruption/waking.ts';
import { assetsFrom } from '../runtime/assets.ts';
import { awsJsonFor } from '../runtime/aws-json.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { createDynamoDb } from '../runtime/dynamodb.ts';
import { answeringEnv } from '../runtime/env.ts';
import { createEventBus } from '../runtime/event-bus.ts';
import { createLog } from '../runtime/log.ts';
import { createMessageQueue } from '../runtime/message-queue.ts';
import { outliveRejections } from '../runtime/rejections.ts';
import { secretReader } from '../runtime/secrets-manager.ts';
import { signFor } from '../runtime/sigv4.ts';
import { fixedTokens, readTokens } from '../runtime/tokens.ts';
import { createDynamoDbCallStore } from '../sessions/call-store.ts';
import { createRecordings } from '../sessions/recordings.ts';
import { chosenFlows } from './chosen-flows.ts';

/** What a function is made of that answers events, from its environment. */
export function answering(name: string): ReceiverParts {
  const env = answeringEnv();
  const log = createLog(name);
  outliveRejections(log);
  const { tokenSecretArn, jobFunctionUrl: url } = env;
  const { random } = Math;
  const bus = createEventBus({
    name: env.outcomesBus,
    call: awsJsonFor('events', env.eventBridge, clock),
    clock,
    random,
  });
  const sqs = awsJsonFor('sqs', env.sqs, clock);
  const queue = createMessageQueue({ url: env.interruptionQueue, call: sqs, clock, random });
  const secretsManager = awsJsonFor('secretsmanager', env.secretsManager, clock);
  const table = {
    dynamoDb: createDynamoDb(awsJsonFor('dynamodb', env.dynamoDb, clock)),
    table: env.sessionsTable,
    clock,
    log,
  };
  const assets = assetsFrom(env, clock);
  return {
    ...chosenFlows(env, { clock, log, preloads: true }),
    assets,
    sessions: createDynamoDbCallStore(table, assets),
    recorder: createRecordings(table, env.recordingDays),
    outcomes: createOutcomes({ bus, log }),
    wake: wakeBy(queue, clock),
    ways: env.ways,
    slow_answer_wait_ms: env.slowAnswerWaitMs,
    jobs: {
      start: createInvocation({
        url,
        sign: signFor('lambda', env.region, clock.now),
        post: createPost(clock),
      }),
    },
    tokens: tokenSecretArn
      ? readTokens(secretReader(tokenSecretArn, secretsManager), clock, log)
      : fixedTokens(env.token),
    clock,
    log,
  };
}
