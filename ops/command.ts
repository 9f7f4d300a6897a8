import { parseArgs } from 'node:util';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { AwsError } from '../functions/runtime/aws-json.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import type { CredentialProvider } from '../functions/runtime/sigv4.ts';
import { type Aws, createAws } from './aws.ts';

/** Something that whoever typed the command can put right: the message is all that they need. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly aws: Aws;
  readonly outputs: Readonly<Record<string, string>>;
}

const OPTIONS = {
  stack: { type: 'string', default: 'AiFlowLambda' },
  region: { type: 'string' },
  'endpoint-url': { type: 'string' },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a command line. Throws {@link Problem} for an option that there isn't. */
export function readOptions<
  const T extends Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>,
>(args: readonly string[], options: T, allowPositionals = false) {
  try {
    const all = { ...OPTIONS, ...options };
    const { values, positionals } = parseArgs({ args: [...args], options: all, allowPositionals });
    return { ...values, positionals };
  } catch (error) {
    throw new Problem((error as Error).message);
  }
}

/**
 * Runs a command and says whether all was well; a {@link Problem}, and what AWS refuses, is its
 * message alone.
 */
export async function run(command: (args: string[], env: Environment) => Promise<boolean>) {
  try {
    process.exitCode = (await command(process.argv.slice(2), process.env)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem || error instanceof AwsError)) throw error;
    console.error(error instanceof AwsError ? `${error.name}: ${error.message}` : error.message);
    process.exitCode = 2;
  }
}

/** Finds a stack by its name. Throws {@link Problem} with what is in the way. */
export async function findStack(
  given: { stack?: string; region?: string; 'endpoint-url'?: string },
  env: Environment,
): Promise<Stack> {
  const name = given.stack ?? OPTIONS.stack.default;
  const region = given.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new Problem('which region? Give --region, or set AWS_REGION');
  const endpoint = given['endpoint-url'];
  const credentials = defaultProvider({ clientConfig: { region } }) as CredentialProvider;
  const aws = createAws({ region, endpoint, credentials }, systemClock);
  await credentials().catch((error: Error) => {
    throw new Problem(
      `there are no AWS credentials: log in (aws sso login, or set AWS_PROFILE). ${error.message}`,
    );
  });
  const outputs = await aws.outputs(name).catch((error: Error) => {
    throw new Problem(stackProblem(error, `${name} in ${region}`));
  });
  if (!outputs.InterruptFunctionName)
    throw new Problem(
      `the stack ${name} in ${region} is none of ours, or was never deployed whole`,
    );
  return { name, region, aws, outputs };
}

function stackProblem(error: Error, which: string): string {
  if (!(error instanceof AwsError)) return `AWS cannot be reached: ${error.message}`;
  if (/does not exist/.test(error.message))
    return `there is no stack ${which}: give --stack NAME and --region, or deploy it`;
  if (/^(?:Expired|Invalid|Unrecognized|Signature)/.test(error.name))
    return `AWS refuses your credentials (${error.name}): log in again`;
  if (/^(?:AccessDenied|Unauthorized)/.test(error.name))
    return `you may not look at the stack ${which} (cloudformation:DescribeStacks): ${error.name}`;
  return `CloudFormation does not say where the stack ${which} is: ${error.name}: ${error.message}`;
}
