import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { FlowFunction } from './flow-function.ts';

/** A profile is a model's id behind where it may run: `eu.amazon.nova-lite-v1:0`, `global.…`. */
const PROFILE = /^(?:[a-z]{2}|us-gov|apac|global)\.(?=.+\.)/;

/**
 * Lets a function stream answers of one model on Bedrock. A profile passes questions on to other
 * regions, so by its leave, and no other way, the model may be used there. Source:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function grantModel(grantee: FlowFunction, modelId: string): Grant {
  grantee.function.addEnvironment('BEDROCK_MODEL_ID', modelId);
  if (!PROFILE.test(modelId))
    return grantStreaming(grantee, arn(grantee, 'foundation-model', modelId));
  const profile = arn(grantee, 'inference-profile', modelId);
  const model = modelId.replace(PROFILE, '');
  Validations.of(grantee).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/${model}]`,
    reason:
      'AWS decides which regions a profile passes questions on to; it is one model, and only by that profile.',
  });
  return grantStreaming(grantee, profile).combine(
    grantStreaming(grantee, arn(grantee, 'foundation-model', model, '*'), {
      StringEquals: { 'bedrock:InferenceProfileArn': profile },
    }),
  );
}

function grantStreaming(grantee: FlowFunction, resource: string, conditions = {}): Grant {
  const actions = ['bedrock:InvokeModelWithResponseStream'];
  return Grant.addToPrincipal({ grantee, actions, resourceArns: [resource], conditions });
}

/** A foundation model is nobody's, a profile the account's. */
function arn(
  grantee: FlowFunction,
  resource: 'foundation-model' | 'inference-profile',
  name: string,
  region?: string,
) {
  const account = resource === 'foundation-model' ? { account: '' } : {};
  return Stack.of(grantee).formatArn({
    service: 'bedrock',
    resource,
    resourceName: name,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    ...account,
    ...(region && { region }),
  });
}
