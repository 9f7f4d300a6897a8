import { eventBridge, http, sns, sqs, sqsRecord } from '../support/envelopes.ts';
import type { Batch } from './history.ts';
import type { Random } from './random.ts';

export const LABEL = 'order:4711';
export const SESSION_ID = 'call';

/**
 * An interruption of the model. Its texts begin with its id, so that whoever hears one knows it.
 */
export interface Trigger {
  readonly id: string;
  readonly copies: number;
  readonly request: Request;
}

export interface Request {
  readonly id: string;
  readonly say: string;
  readonly expires_at: string;
  readonly urgent?: true;
  readonly force?: true;
  readonly if_turn?: number;
  readonly [field: string]: unknown;
}

/** What leaves together, by the texts in it: all of them begin with who they are of. */
export function batchOf(by: string, actions: readonly object[]): Batch {
  const texts = actions
    .flatMap((action) => Object.values(action))
    .filter((value) => typeof value === 'string');
  const says = actions.flatMap((action) => ('text' in action ? [String(action.text)] : []));
  return {
    by,
    ids: says.flatMap((text) => /^i\d+/.exec(text)?.[0] ?? []),
    then: texts.flatMap((text) => /^then (\S+)$/.exec(text)?.[1] ?? []),
    says,
  };
}

const WORDS = 'goes on for a while, so that there is something to cut, and time passes by.';
export const sentence = (id: string) => `${id} ${WORDS}`;

export function randomTrigger(random: Random, id: string, now: number): Trigger {
  const expires_at = new Date(now + random.pick([1_000, 5_000, 30_000, 300_000])).toISOString();
  const maybe = (probability: number, fields: object) => (random.chance(probability) ? fields : {});
  const request = {
    id,
    say: sentence(id),
    expires_at,
    target: random.pick([
      { session_id: SESSION_ID },
      { session_id: SESSION_ID },
      { label: LABEL },
      { everyone: true },
    ]),
    ...maybe(0.25, { urgent: true }),
    ...maybe(0.15, { force: true }),
    ...maybe(0.25, { if_turn: random.int(3) }),
    ...maybe(0.15, { only_if_speaking: true }),
    ...maybe(0.25, { when: 'after_current' }),
    ...maybe(0.4, { then: [random.pick(THEN)(id)] }),
  };
  return { id, copies: 1 + random.int(3), request };
}

const NUMBER = '493023125001';
const THEN = [
  (id: string) => ({ type: 'send_sms', phone_number: NUMBER, message: `then ${id}` }),
  (id: string) => ({
    type: 'transfer',
    target_phone_number: NUMBER,
    caller_id_number: NUMBER,
    caller_id_name: `then ${id}`,
  }),
];

type Handle = (event: unknown, context?: { awsRequestId: string }) => Promise<unknown>;

/** How each source hands an interruption over, and whether it will do so again. */
export const SOURCES: readonly ((handle: Handle, request: Request) => Promise<boolean>)[] = [
  (handle, request) => throws(handle(request).then(refuseFailures)),
  (handle, request) => throws(handle(http(request)).then(refuse502)),
  (handle, request) => throws(handle(eventBridge(request))),
  (handle, request) => throws(handle(sns(request))),
  async (handle, request) => {
    const { batchItemFailures } = (await handle(sqs(sqsRecord(request)))) as {
      batchItemFailures: unknown[];
    };
    return batchItemFailures.length > 0;
  },
];

function refuseFailures(reply: unknown) {
  const { outcomes } = reply as { outcomes: { error?: { retryable: boolean } }[] };
  if (outcomes.some(({ error }) => error?.retryable)) throw new Error('to be sent again');
}

function refuse502(response: unknown) {
  if ((response as { statusCode: number }).statusCode === 502) throw new Error('to be sent again');
}

/** An asynchronous source delivers again what the function threw at. */
export const throws = (handled: Promise<unknown>) =>
  handled.then(
    () => false,
    () => true,
  );
