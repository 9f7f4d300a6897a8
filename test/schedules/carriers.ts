import { eventBridge, sns, sqs, sqsRecord } from '../support/envelopes.ts';

/**
 * A source that delivers a message again until it is taken: what it sends, and how long it waits
 * before each try.
 */
export interface Carrier {
  readonly name: string;
  readonly envelope: (request: object) => object;
  /** Milliseconds before the second delivery, the third … */
  readonly pauses: () => Iterable<number>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const CARRIERS: readonly Carrier[] = [
  {
    name: 'EventBridge: 185 times in 24 hours',
    envelope: eventBridge,
    pauses: () => exponential(185, 24 * HOUR),
  },
  { name: 'SNS: 100,015 times in 23 days', envelope: (request) => sns(request), pauses: snsPauses },
  { name: 'SQS: three times', envelope: queued, pauses: () => Array(2).fill(MINUTE) },
  {
    name: 'SQS without dead letters: for four days',
    envelope: queued,
    pauses: () => Array(4 * 24 * 60).fill(MINUTE),
  },
];

function queued(request: object) {
  return sqs(sqsRecord(request));
}

/**
 * EventBridge says how often and how long, "with an exponential back off": at first seconds apart,
 * then half hours.
 */
function* exponential(retries: number, total: number) {
  const LONGEST = (total / retries) * 1.1;
  let left = total;
  for (let retry = 0; retry < retries; retry++) {
    const pause = Math.min(SECOND * 2 ** retry, LONGEST, left);
    left -= pause;
    yield pause;
  }
}

/**
 * To Lambda: 3 at once, 2 after a second, 10 growing to 20 s, 100,000 every 20 s. Source: "Amazon
 * SNS message delivery retries".
 */
function* snsPauses() {
  yield* [0, 0, 0, SECOND, SECOND];
  for (let retry = 1; retry <= 10; retry++) yield SECOND * 20 ** (retry / 10);
  for (let retry = 1; retry <= 100_000; retry++) yield 20 * SECOND;
}
