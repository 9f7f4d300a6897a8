import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { FlowFunction } from './flow-function.ts';

/** What Secrets Manager puts behind a name. */
const SUFFIX = '-??????';
const COMPLETE = /-[A-Za-z0-9]{6}$/;

/** Secrets by the name that call flows know them by; a text is a name or an ARN. */
export type GivenSecrets = Readonly<Record<string, ISecret | string>>;

/** The name or ARN by which a function asks for a secret. */
export const placeOf = (given: ISecret | string): string =>
  typeof given === 'string' ? given : (given.secretFullArn ?? given.secretName);

/**
 * Lets a function read the secrets of its call flows, current version and nothing else, and tells it where they are. One
 * that is known by its name or ARN alone, and is encrypted with a key of yours, needs `kms:Decrypt`, too.
 */
export function giveSecrets(grantee: FlowFunction, secrets: GivenSecrets): void {
  for (const [name, given] of Object.entries(secrets)) {
    const place = placeOf(given);
    grantee.function.addEnvironment(`${name}_SECRET_ID`, place);
    if (typeof given !== 'string') {
      given.grantRead(grantee);
      continue;
    }
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
