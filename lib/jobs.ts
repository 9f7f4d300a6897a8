import { Duration, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import { FlowFunction, type FunctionSettings } from './flow-function.ts';

export interface JobsProps {
  /** What it needs to interrupt calls. */
  readonly environment: Record<string, string>;
  readonly deadLetters: DeadLetters;
  readonly settings: FunctionSettings;
}

/**
 * The job function: does what a template puts off with `later`, and interrupts the call with the
 * result.
 */
export class Jobs extends Construct {
  readonly job: FlowFunction;

  constructor(scope: Construct, id: string, props: JobsProps) {
    super(scope, id);
    const { environment, deadLetters, settings } = props;
    this.job = new FlowFunction(this, 'Job', {
      name: 'job',
      description: 'Does what takes longer than a caller can wait, and says the result',
      // A job has 50 seconds; the rest is for an apology.
      timeout: Duration.seconds(60),
      settings,
      environment,
    });
    this.job.function.configureAsyncInvoke({
      // The least that Lambda allows.
      maxEventAge: Duration.seconds(60),
      // The function itself tries again at once: after Lambda's minute nobody would be listening.
      retryAttempts: 0,
      onFailure: new SqsDestination(deadLetters.queue),
    });
  }

  /** Lets a function that answers events put off what is slow. */
  startedBy(answers: FlowFunction): void {
    const { region, urlSuffix } = Stack.of(this);
    const { function: job } = this.job;
    const url = `https://lambda.${region}.${urlSuffix}/2015-03-31/functions/${job.functionName}/invocations`;
    answers.function.addEnvironment('JOB_FUNCTION_URL', url);
    Grant.addToPrincipal({
      grantee: answers,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [job.functionArn],
    });
  }
}
