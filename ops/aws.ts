import {
  type AwsCall,
  AwsError,
  createAwsJson,
  endpointOf,
} from '../functions/runtime/aws-json.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { type Answer, createExchange } from '../functions/runtime/exchange.ts';
import { type CredentialProvider, signFor } from '../functions/runtime/sigv4.ts';

export interface AwsSettings {
  readonly region: string;
  /** URL that stands in for all services; without it AWS's own. */
  readonly endpoint: string | undefined;
  readonly credentials: CredentialProvider;
}

/** What the commands ask of AWS. Each throws {@link AwsError}, or what went wrong on the way. */
export interface Aws {
  json(service: 'dynamodb' | 'secretsmanager' | 'sqs'): AwsCall;
  /** The outputs of a stack by name. */
  outputs(stack: string): Promise<Record<string, string>>;
  /** What a function returns. Throws {@link FunctionError} for what it throws. */
  invoke(name: string, payload: object): Promise<unknown>;
}

/** What a function threw; its name and message are the function's. */
export class FunctionError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Nobody is on the line here: also for a long poll, and for a function that starts cold. */
const TIMES = { connect_ms: 5_000, total_ms: 20_000, max_bytes: 8 * 1024 * 1024 };

/** A client of the few operations that the commands need, for somebody's own credentials. */
export function createAws({ region, endpoint, credentials }: AwsSettings, clock: Clock): Aws {
  const urlOf = (service: string) => endpoint ?? endpointOf(service, region);
  const partsOf = (service: string) => ({
    sign: signFor(service, region, clock.now, credentials),
    exchange: createExchange({ peer: service, clock, ...TIMES }),
  });

  return {
    json: (service) =>
      createAwsJson({
        ...partsOf(service),
        url: urlOf(service),
        version: service === 'secretsmanager' ? '1.1' : '1.0',
        clock,
        random: Math.random,
      }),

    async outputs(stack) {
      const form = { Action: 'DescribeStacks', Version: '2010-05-15', StackName: stack };
      const { status, body } = await asked('cloudformation', urlOf('cloudformation'), {
        type: 'application/x-www-form-urlencoded; charset=utf-8',
        body: new URLSearchParams(form).toString(),
      });
      const xml = body.toString('utf8');
      if (status !== 200) throw errorInXml(xml, status);
      return outputsIn(xml);
    },

    async invoke(name, payload) {
      const path = `2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
      const { status, headers, body } = await asked('lambda', new URL(path, urlOf('lambda')).href, {
        type: 'application/json',
        body: JSON.stringify(payload),
      });
      const value = parsed(body) as Record<string, string> | undefined;
      if (status !== 200)
        throw new AwsError(
          String(headers['x-amzn-errortype'] ?? 'UnknownError').replace(/:.*/, ''),
          value?.Message ?? value?.message ?? `the answer was ${status}`,
          false,
        );
      if (headers['x-amz-function-error'])
        throw new FunctionError(value?.errorType ?? 'Error', value?.errorMessage ?? '');
      return value;
    },
  };

  async function asked(
    service: string,
    url: string,
    { type, body }: { type: string; body: string },
  ): Promise<Answer> {
    const { sign, exchange } = partsOf(service);
    const request = { method: 'POST', url, headers: { 'content-type': type }, body };
    return exchange({ ...request, headers: await sign(request) });
  }
}

/**
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
function outputsIn(xml: string): Record<string, string> {
  const members = xml.match(/<OutputKey>.*?<\/OutputValue>/gs) ?? [];
  return Object.fromEntries(
    members.map((member) => [textIn(member, 'OutputKey'), textIn(member, 'OutputValue')]),
  );
}

const errorInXml = (xml: string, status: number) =>
  new AwsError(
    textIn(xml, 'Code') || 'UnknownError',
    textIn(xml, 'Message') || `the answer was ${status}`,
    false,
  );

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

const textIn = (xml: string, name: string) =>
  (new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '').replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, entity: string) => ENTITIES[entity] as string,
  );

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
