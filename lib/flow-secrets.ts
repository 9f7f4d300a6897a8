import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { FlowFunction } from './flow-function.ts';

/** What Secrets Manager puts behind a name. */
const SUFFIX = '-??????';
const COMPLETE = /-[A-Za-z0-9]{6}$/;

/**
 * A secret; a text is its name or ARN. The class is named, too: with `exactOptionalPropertyTypes`
 * it is no `ISecret`.
 */
export type GivenSecret = ISecret | Secret | string;

/** By the name that call flows know them by. */
export type GivenSecrets = Readonly<Record<string, GivenSecret>>;

/** The name or ARN by which a function asks for a secret. */
export const placeOf = (given: GivenSecret): string =>
  typeof given === 'string' ? given : (given.secretFullArn ?? given.secretName);

/**
 * Lets a function read the secrets of its call flows, current version and nothing else, and tells
 * it where they are. One that is known by its name or ARN alone, and is encrypted with a key of
 * yours, needs `kms:Decrypt`, too.
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
