import { IMPATIENT, type Patience } from './aws.ts';
import { type Clock, pause } from './clock.ts';
import { type Answer, createExchange, type Exchange } from './exchange.ts';
import { type Credentials, type Sign, signFor } from './sigv4.ts';

/**
 * Calls an operation, such as `AWSEvents.PutEvents`, and gives what it answers. Throws
 * {@link AwsError}, or what went wrong on the way there.
 */
export type AwsCall = (target: string, input: object, signal?: AbortSignal) => Promise<unknown>;

/**
 * A service refused. `name` is AWS's own type of the error: `ResourceNotFoundException`, …, or
 * `UnknownError`.
 */
export class AwsError extends Error {
  override readonly name: string;
  readonly retryable: boolean;

  constructor(name: string, message: string, retryable: boolean) {
    super(message);
    this.name = name;
    this.retryable = retryable;
  }
}

interface Parts {
  readonly url: string;
  readonly version: '1.0' | '1.1';
  readonly sign: Sign;
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

const ATTEMPTS = 2;
const BACKOFF_MS = 100;
/** DynamoDB gives 1 MB of data at once, and JSON takes more room than that. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Calls a service as its SDK client would, in the protocol AWS JSON: two clients of one operation
 * each were 32 KB. What failed on the way, was throttled or met a defect of the service is tried
 * twice, with full jitter between. Source:
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function createAwsJson({ url, version, sign, exchange, clock, random }: Parts): AwsCall {
  return async function call(target, input, signal) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await requestOnce(target, input, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (attempt === ATTEMPTS || (error instanceof AwsError && !error.retryable)) throw error;
      }
      await pause(clock, random() * BACKOFF_MS);
      signal?.throwIfAborted();
    }
  };

  async function requestOnce(
    target: string,
    input: object,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target };
    const request = { method: 'POST', url, headers, body: JSON.stringify(input) };
    const answer = await exchange({ ...request, headers: await sign(request) }, signal);
    const output = objectIn(answer.body);
    if (answer.status === 200 && output) return output;
    throw errorIn(answer, output ?? {}, target);
  }
}

const VERSION_1_0: ReadonlySet<string> = new Set(['dynamodb', 'sqs']);

/** Where a service of AWS is. */
export interface AwsService {
  readonly region: string;
  /** URL; without it AWS's own. */
  readonly endpoint?: string | undefined;
  /** Those of this function if missing. */
  readonly credentials?: Credentials;
}

/**
 * {@link createAwsJson} with the credentials of this function; endpoints and signatures name a
 * `service` alike. It is waited for as long as a caller may wait, unless `patience` says otherwise.
 */
export function awsJsonFor(
  service: string,
  at: AwsService,
  clock: Clock,
  patience: Patience = IMPATIENT,
): AwsCall {
  return createAwsJson({
    url: at.endpoint ?? endpointOf(service, at.region),
    version: VERSION_1_0.has(service) ? '1.0' : '1.1',
    sign: signFor(service, at.region, clock.now, at.credentials),
    exchange: createExchange({
      peer: service,
      clock,
      ...patience,
      max_bytes: MAX_BYTES,
    }),
    clock,
    random: Math.random,
  });
}

/** AWS's own; without the partitions that are nobody's but some governments'. */
export function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}

interface ErrorBody {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|ThroughputExceeded/;

function errorIn(
  { status, headers }: Answer,
  { __type, message, Message }: ErrorBody,
  target: string,
): AwsError {
  const name = typeIn(headers['x-amzn-errortype']?.toString() ?? __type) ?? 'UnknownError';
  const retryable = status >= 500 || status === 429 || THROTTLED.test(name);
  return new AwsError(
    name,
    `${target}: ${message ?? Message ?? `the answer was ${status}`}`,
    retryable,
  );
}

/** `com.amazonaws.events#InternalException:http://…` is an `InternalException`. */
const typeIn = (text = '') => /^(?:[^#:]*#)?([^:]+)/.exec(text)?.[1];

// A parser's message would quote what may be a secret.
function objectIn(body: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
