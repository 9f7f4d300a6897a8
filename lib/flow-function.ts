import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Annotations, type Duration, RemovalPolicy, Stack, Stage, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  type IFunction,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleAll, FUNCTIONS, type FunctionName } from './bundle.ts';
import type { SizeLimits } from './bundle-size.ts';
import { excessOf } from './environment-size.ts';
import { type Flow, isOurs } from './flows.ts';

/** Every function runs on this; the tests run on its major too. */
export const RUNTIME = Runtime.NODEJS_24_X;

/** One vCPU: compute is cents, waiting on the line is not. */
const MEMORY_MIB = 1769;

/** Functions that somebody waits for: these may be kept warm. */
export type WarmFunctionName = 'webhook' | 'websocket' | 'interrupt';

/** What all functions of an assistant have in common, and what each may have of its own. */
export interface FunctionSettings {
  readonly logRetention: RetentionDays;
  /** The call flows that are bundled. */
  readonly flows: readonly Flow[];
  /** No function may be larger; 5 MB by default. */
  readonly maxBundleBytes?: number | undefined;
  /** MiB of each function; a vCPU has 1,769 (default). */
  readonly memorySize?: number | undefined;
  /**
   * Whose private addresses the functions reach. They still need a way to AWS's own services and to
   * AI Flow.
   */
  readonly vpc?: IVpc | undefined;
  readonly vpcSubnets?: SubnetSelection | undefined;
  readonly securityGroups?: ISecurityGroup[] | undefined;
  /** Invocations at once that a function has, and nobody else: it gets no more, either. */
  readonly reservedConcurrency?: Readonly<Partial<Record<FunctionName, number>>> | undefined;
  /** Kept started, behind an alias `live`: no cold start, at a price for each hour. */
  readonly provisionedConcurrency?: Readonly<Partial<Record<WarmFunctionName, number>>> | undefined;
}

export interface FlowFunctionProps {
  /** The entry file, directly under `functions/`. */
  readonly name: FunctionName;
  readonly description: string;
  readonly timeout: Duration;
  readonly settings: FunctionSettings;
  /** Added to the variables that every function has; on the same name this one wins. */
  readonly environment?: Record<string, string>;
}

/** A Lambda function of this project: bundled, arm64, its own role and its own log group. */
export class FlowFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  /** What others invoke: the function, or its alias where that is kept warm. */
  readonly invoked: IFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: FlowFunctionProps) {
    super(scope, id);
    const { name, settings } = props;
    const { vpc, vpcSubnets, securityGroups, memorySize = MEMORY_MIB } = settings;
    const reserved = settings.reservedConcurrency?.[name];
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // An own role: Lambda's default one may write to every log group of the account.
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup.grantWrite(this.role);
    if (vpc) this.allowNetworkInterfaces();
    this.function = new LambdaFunction(this, 'Function', {
      description: `${name}: ${props.description}`,
      code: Code.fromAsset(this.bundled(name, settings)),
      handler: 'index.handler',
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: props.timeout,
      role: this.role,
      logGroup: this.logGroup,
      environment: { ...props.environment },
      ...(vpc && { vpc }),
      ...(vpcSubnets && { vpcSubnets }),
      ...(securityGroups && { securityGroups }),
      ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
    });
    this.invoked = this.warm(settings.provisionedConcurrency?.[name as WarmFunctionName]);
    this.grantPrincipal = this.role;
    this.node.addValidation({ validate: () => this.environmentProblems() });
  }

  private warm(provisionedConcurrentExecutions: number | undefined): IFunction {
    if (provisionedConcurrentExecutions === undefined) return this.function;
    return this.function.addAlias('live', { provisionedConcurrentExecutions }) as IFunction;
  }

  /**
   * Source:
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
   */
  private allowNetworkInterfaces(): void {
    const commands = [
      'AssignPrivateIpAddresses',
      'CreateNetworkInterface',
      'DeleteNetworkInterface',
      'DescribeNetworkInterfaces',
      'DescribeSubnets',
      'UnassignPrivateIpAddresses',
    ];
    const actions = commands.map((command) => `ec2:${command}`);
    this.role.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason:
        'Lambda makes the network interfaces, with names of its own; EC2 knows no narrower resource for most of it.',
    });
  }

  /**
   * Below the cloud assembly, so that a synth never rewrites what `npm start` is running from
   * `dist/`.
   */
  private bundled(name: FunctionName, { flows, maxBundleBytes }: FunctionSettings): string {
    const warn = (message: string) =>
      Annotations.of(this).addWarningV2('ai-flow-lambda:large-bundle', message);
    const limits = { warn, ...(maxBundleBytes && { maxBytes: maxBundleBytes }) };
    return join(bundledOnce(join(outdirOf(this), 'bundles', keyOf(flows)), flows, limits), name);
  }

  /** Lambda would refuse it half an hour into a deployment. */
  private environmentProblems(): string[] {
    const { environment } = this.function.node.defaultChild as CfnFunction;
    const { variables = {} } = Stack.of(this).resolve(environment) ?? {};
    const excess = excessOf(variables);
    return excess ? [`context key "${excess.key}": ${excess.remedy}`] : [];
  }
}

const outdirOf = ({ node: { root } }: Construct): string =>
  Stage.isStage(root) ? root.outdir : resolve('cdk.out');

const bundles = new Map<string, string>();

/**
 * The folder of all functions with these call flows: they share most of what is read for them. For
 * all stages of an app the same, and for all apps where the call flows are ours: those don't change
 * meanwhile.
 */
function bundledOnce(folder: string, flows: readonly Flow[], limits: SizeLimits): string {
  const key = JSON.stringify([flows.every(isOurs) ? '' : folder, flows, limits.maxBytes]);
  const known = bundles.get(key);
  if (known && existsSync(known)) return known;
  bundleAll(FUNCTIONS, folder, flows, limits);
  bundles.set(key, folder);
  return folder;
}

/**
 * CDK takes one folder for one asset, whatever is in it by then: other flows need another folder.
 */
const keyOf = (flows: readonly Flow[]): string =>
  createHash('sha256').update(JSON.stringify(flows)).digest('hex').slice(0, 16);
