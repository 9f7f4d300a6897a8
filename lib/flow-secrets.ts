import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FlowFunction } from './flow-function.ts';

/** What Secrets Manager puts behind a name. */
const SUFFIX = '-??????';
const COMPLETE = /-[A-Za-z0-9]{6}$/;

/**
 * Lets a function read the secrets of its call flows, current version and nothing else, and tells it where they are:
 * `places` are names or ARNs. One that is encrypted with a key of yours needs `kms:Decrypt`, too.
 */
export function giveSecrets(grantee: FlowFunction, places: Readonly<Record<string, string>>): void {
  for (const [name, place] of Object.entries(places)) {
    grantee.function.addEnvironment(`${name}_SECRET_ID`, place);
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [arnOf(place, grantee)],
    });
  }
}

function arnOf(place: string, scope: Construct): string {
  if (place.startsWith('arn:')) return COMPLETE.test(place) ? place : `${place}${SUFFIX}`;
  // A secret that this stack creates is known by its whole ARN.
  if (place.includes('${Token[')) return place;
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${place}${SUFFIX}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
