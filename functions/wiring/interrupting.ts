import { createWording } from '../assistant/trigger.ts';
import { channelsFrom } from '../delivery/configured-channels.ts';
import { createInterrupter } from '../interruption/interrupter.ts';
import { createOutcomes } from '../interruption/outcomes.ts';
import { createTelling } from '../interruption/telling.ts';
import { wakeBy } from '../interruption/waking.ts';
import { assetsFrom } from '../runtime/assets.ts';
import { PATIENT } from '../runtime/aws.ts';
import { awsJsonFor } from '../runtime/aws-json.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { createDynamoDb } from '../runtime/dynamodb.ts';
import { interruptingEnv } from '../runtime/env.ts';
import { createEventBus } from '../runtime/event-bus.ts';
import { createLog } from '../runtime/log.ts';
import { createMessageQueue } from '../runtime/message-queue.ts';
import { outliveRejections } from '../runtime/rejections.ts';
import type { PlaceOf } from '../runtime/source-map.ts';
import { createDynamoDbCallStore } from '../sessions/call-store.ts';
import { createRecordings } from '../sessions/recordings.ts';
import { chosenFlows } from './chosen-flows.ts';

/** What a function is made of that interrupts calls, from its environment. */
export function interrupting(name: string, placeOf?: PlaceOf) {
  const env = interruptingEnv();
  const log = createLog(name, undefined, placeOf);
  outliveRejections(log);
  const { random } = Math;
  const call = awsJsonFor('events', env.eventBridge, clock, PATIENT);
  const bus = createEventBus({ name: env.outcomesBus, call, clock, random });
  const sqs = awsJsonFor('sqs', env.sqs, clock, PATIENT);
  const queue = createMessageQueue({ url: env.interruptionQueue, call: sqs, clock, random });
  const { templates, surroundings } = chosenFlows(env, { clock, log });
  const assets = assetsFrom(env, clock);
  const dynamoDb = createDynamoDb(awsJsonFor('dynamodb', env.dynamoDb, clock));
  const table = { dynamoDb, table: env.sessionsTable, clock, log };
  const sessions = createDynamoDbCallStore(table, assets);
  const recorder = createRecordings(table, env.recordingDays);
  const outcomes = createOutcomes({ bus, log });
  const telling = createTelling({
    sessions,
    ...channelsFrom(env, clock),
    outcomes,
    wake: wakeBy(queue, clock),
    recorder,
    clock,
    log,
  });
  const wording = createWording({ templates, surroundings, sessions, assets, clock, log });
  const interrupt = createInterrupter({
    telling,
    queue,
    wording,
    sessions,
    outcomes,
    recorder,
    clock,
    log,
  });
  return { interrupt, telling, outcomes, templates, surroundings, sessions, assets, clock, log };
}
