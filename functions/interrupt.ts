import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { channelsFrom } from './delivery/configured-channels.ts';
import { createInterruptHandler } from './interruption/interrupt-handler.ts';
import { createInterrupter } from './interruption/interrupter.ts';
import { createOutcomes, queueOn } from './interruption/outcomes.ts';
import { assetsFrom } from './runtime/assets.ts';
import { clientSettings } from './runtime/aws.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { interruptEnv } from './runtime/env.ts';
import { createEventBus } from './runtime/event-bus.ts';
import { createLog } from './runtime/log.ts';
import { createDynamoDbStore } from './sessions/dynamodb-store.ts';

const env = interruptEnv();
const log = createLog('interrupt');
const bus = createEventBus(env.outcomesBus);

/** Lambda for any trigger: an interruption in, `[barge_in, speak]` to the sessions it concerns out. */
export const handler = createInterruptHandler({
  interrupt: createInterrupter({
    sessions: createDynamoDbStore({ client: new DynamoDBClient(clientSettings), table: env.sessionsTable, clock, log }),
    ...channelsFrom(env, clock),
    outcomes: createOutcomes({ bus, log }),
    queue: queueOn(bus),
    clock,
    log,
  }),
  assets: assetsFrom(env.assets, import.meta.dirname, clock),
  clock,
  log,
});
