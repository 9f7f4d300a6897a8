import { Annotations, type Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { type IGrantable, type IPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundle, type FunctionName } from './bundle.ts';
import { excessOf } from './environment-size.ts';
import type { Flow } from './flows.ts';

/** Every function runs on this; the tests run on its major too. */
export const RUNTIME = Runtime.NODEJS_24_X;

export interface FlowFunctionProps {
  /** The entry file, directly under `functions/`. */
  readonly name: FunctionName;
  readonly description: string;
  readonly timeout: Duration;
  readonly logRetention: RetentionDays;
  /** The call flows that it runs, if it runs any. */
  readonly flows?: readonly Flow[];
  /** It may be no larger. */
  readonly maxBundleBytes?: number | undefined;
  /** Added to the variables that every function has; on the same name this one wins. */
  readonly environment?: Record<string, string>;
}

/** A Lambda function of this project: bundled, arm64, one vCPU, its own role and its own log group. */
export class FlowFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: FlowFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // An own role: Lambda's default one may write to every log group of the account.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, 'Function', {
      description: `${props.name}: ${props.description}`,
      // Below the cloud assembly, so that a synth never rewrites what `npm start` is running from `dist/`.
      code: Code.fromAsset(this.bundled(props)),
      handler: 'index.handler',
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      // One vCPU: compute is cents, waiting on the line is not.
      memorySize: 1769,
      timeout: props.timeout,
      role,
      logGroup: this.logGroup,
      environment: { ...props.environment },
    });
    this.grantPrincipal = role;
    this.node.addValidation({ validate: () => this.environmentProblems() });
  }

  private bundled({ name, flows, maxBundleBytes }: FlowFunctionProps): string {
    const warn = (message: string) =>
      Annotations.of(this).addWarningV2('ai-flow-lambda:large-bundle', message);
    const limits = { warn, ...(maxBundleBytes && { maxBytes: maxBundleBytes }) };
    return bundle(name, Stage.of(this)?.outdir, flows, limits);
  }

  /** Lambda would refuse it half an hour into a deployment. */
  private environmentProblems(): string[] {
    const { environment } = this.function.node.defaultChild as CfnFunction;
    const { variables = {} } = Stack.of(this).resolve(environment) ?? {};
    const excess = excessOf(variables);
    return excess ? [`context key "${excess.key}": ${excess.remedy}`] : [];
  }
}
