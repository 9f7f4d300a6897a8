import type { CallStore } from '../functions/call/call-store.ts';
import type { Call, State } from '../functions/call/document.ts';
import { soundingAt } from '../functions/call/evidence.ts';
import { fold } from '../functions/call/fold.ts';
import type { Clock } from '../functions/runtime/clock.ts';
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

/**
 * Resolves with nothing for a call that the functions don't know, and when they can't be asked in
 * time.
 */
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

/**
 * Reads calls where the functions keep them. The client is loaded for whoever looks first: a start
 * doesn't wait for it.
 */
export function createSessionReader(parts: SessionViewParts): ReadSession {
  const { clock, templateOf } = parts;
  let store: Promise<CallStore> | undefined;

  return async (session_id) => {
    store ??= openStore(parts);
    try {
      const { read } = await store;
      const stored = await read(session_id, AbortSignal.timeout(PATIENCE_MS));
      return stored && viewOf(fold(stored.call), templateOf, clock.now());
    } catch {
      // The page says that nothing is known; why, the functions have said.
      return undefined;
    }
  };
}

async function openStore({ endpoint, table, clock, log }: SessionViewParts): Promise<CallStore> {
  const [{ awsJsonFor }, { createDynamoDb }, { createDynamoDbCallStore }] = await Promise.all([
    import('../functions/runtime/aws-json.ts'),
    import('../functions/runtime/dynamodb.ts'),
    import('../functions/sessions/call-store.ts'),
  ]);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const service = { endpoint, region: 'local', credentials };
  const dynamoDb = createDynamoDb(awsJsonFor('dynamodb', service, clock));
  const say = (message: string) => log(`look at a call: ${message}`);
  return createDynamoDbCallStore({
    dynamoDb,
    table,
    clock,
    log: { info: say, warn: say, error: say },
  });
}

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
