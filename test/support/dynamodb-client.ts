import { IMPATIENT, type Patience } from '../../functions/runtime/aws.ts';
import { createAwsJson } from '../../functions/runtime/aws-json.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { createDynamoDb, type DynamoDb, type Operation } from '../../functions/runtime/dynamodb.ts';
import { type Answer, createExchange, type Exchange } from '../../functions/runtime/exchange.ts';
import { signFor } from '../../functions/runtime/sigv4.ts';

type Around<I, O> = (operation: Operation, input: I, next: (input: I) => Promise<O>) => Promise<O>;

/** The client of the functions, with room for what a test does to it. */
export interface ObservedDynamoDb extends DynamoDb {
  /** Around each operation, its attempts included. */
  onCall(around: Around<object, unknown>): void;
  /** Around each attempt. */
  onAttempt(around: Around<Parameters<Exchange>[0], Answer>): void;
}

/** DynamoDB at a URL, asked as the functions ask it. */
export function dynamoDbAt(url: string, patience: Patience = IMPATIENT): ObservedDynamoDb {
  const exchange = createExchange({ peer: 'dynamodb', clock, ...patience, max_bytes: 8 << 20 });
  let aroundCall: Around<object, unknown> = (_operation, input, next) => next(input);
  let aroundAttempt: Around<Parameters<Exchange>[0], Answer> = (_operation, sent, next) =>
    next(sent);
  const call = createAwsJson({
    url,
    version: '1.0',
    sign: signFor('dynamodb', 'local', clock.now, CREDENTIALS),
    exchange: (request, signal) =>
      aroundAttempt(operationIn(request.headers['x-amz-target']), request, (sent) =>
        exchange(sent, signal),
      ),
    clock,
    random: Math.random,
  });
  const dynamoDb = createDynamoDb((target, input, signal) =>
    aroundCall(operationIn(target), input, (sent) => call(target, sent, signal)),
  );
  return Object.assign(dynamoDb, {
    onCall(around: typeof aroundCall) {
      const inner = aroundCall;
      aroundCall = (operation, input, next) =>
        around(operation, input, (sent) => inner(operation, sent, next));
    },
    onAttempt(around: typeof aroundAttempt) {
      const inner = aroundAttempt;
      aroundAttempt = (operation, input, next) =>
        around(operation, input, (sent) => inner(operation, sent, next));
    },
  });
}

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

const operationIn = (target = '') => target.split('.')[1] as Operation;
