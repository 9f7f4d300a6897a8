import type { Call, State } from '../functions/call/document.ts';
import { soundingAt } from '../functions/call/evidence.ts';
import { fold } from '../functions/call/fold.ts';
import { PATIENT } from '../functions/runtime/aws.ts';
import { bytesInAttributes, createAwsJson } from '../functions/runtime/aws-json.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createDynamoDb } from '../functions/runtime/dynamodb.ts';
import { createExchange } from '../functions/runtime/exchange.ts';
import { createDynamoDbCallStore } from '../functions/sessions/call-store.ts';
import type { Log } from './log.ts';

/** A call as the functions know it. */
export interface SessionView {
  template: string;
  turn: number;
  labels: readonly string[];
  state: State;
  /** Whether the assistant does. */
  speaking: boolean;
  /** Ids of the interruptions of which something is still to come. */
  waiting: string[];
}

/** Resolves with nothing for a call that the functions don't know, and when they can't be asked in time. */
export type ReadSession = (session_id: string) => Promise<SessionView | undefined>;

export interface SessionViewParts {
  endpoint: string;
  table: string;
  clock: Clock;
  templateOf(call: Call): string;
  log: Log;
}

/** Whoever looks at a call waits no longer for what the functions know of it. */
const PATIENCE_MS = 500;

/** Reads calls where the functions keep them. */
export function createSessionReader(parts: SessionViewParts): ReadSession {
  const { endpoint: url, table, clock, templateOf, log } = parts;
  const exchange = createExchange({ peer: 'DynamoDB', clock, ...PATIENT, max_bytes: 1 << 20 });
  const call = createAwsJson({
    url,
    version: '1.0',
    // The embedded one wants a signature and checks none.
    sign: async ({ headers }) => ({ ...headers, ...SIGNATURE }),
    exchange,
    clock,
    random: Math.random,
    revive: bytesInAttributes,
  });
  const say = (message: string) => log(`look at a call: ${message}`);
  const { read } = createDynamoDbCallStore({
    dynamoDb: createDynamoDb(call),
    table,
    clock,
    log: { info: say, warn: say, error: say },
  });

  return async (session_id) => {
    try {
      const stored = await read(session_id, AbortSignal.timeout(PATIENCE_MS));
      return stored && viewOf(fold(stored.call), templateOf, clock.now());
    } catch {
      // The page says that nothing is known; why, the functions have said.
      return undefined;
    }
  };
}

const SIGNATURE = {
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
};

export const viewOf = (
  call: Call,
  templateOf: (call: Call) => string,
  now: number,
): SessionView => ({
  template: templateOf(call),
  turn: call.turn,
  labels: call.labels,
  state: call.state,
  speaking: soundingAt(call, now).length > 0,
  waiting: [
    ...new Set(
      call.queue.flatMap(({ sent, trigger, job }) =>
        !sent && trigger && !job ? [trigger.id] : [],
      ),
    ),
  ],
});
