import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ASSETS } from './bundle.ts';
import { checkAssets } from './check-assets.ts';
import type { AssetsBucket } from './configuration.ts';
import type { FlowFunction } from './flow-function.ts';

const CLIPS = '*.wav';

export interface AudioAssetsProps {
  /** The clips that call flows play. */
  readonly declared: readonly string[];
  /** For clips that aren't deployed with the functions. */
  readonly bucket: AssetsBucket | undefined;
}

/** The clips that are played by name. Throws `InvalidAsset` for one that couldn't be. */
export class AudioAssets extends Construct {
  /** For every function that plays. */
  readonly environment: Record<string, string>;
  private readonly bucketName: string | undefined;

  constructor(scope: Construct, id: string, { declared, bucket }: AudioAssetsProps) {
    super(scope, id);
    checkAssets({ folder: ASSETS, declared, inBucket: bucket?.assets ?? [] });
    this.bucketName = bucket?.name;
    this.environment = bucket ? { ASSETS_BUCKET_URL: urlOf(bucket.name, Stack.of(this)) } : {};
  }

  /** Reading clips only: no list, and nothing else that lies in the bucket. */
  grantRead(grantee: FlowFunction): void {
    if (this.bucketName === undefined) return;
    const [resource, arnFormat] = [this.bucketName, ArnFormat.SLASH_RESOURCE_NAME];
    const parts = {
      service: 's3',
      region: '',
      account: '',
      resource,
      resourceName: CLIPS,
      arnFormat,
    };
    const arn = Stack.of(this).formatArn(parts);
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject'], resourceArns: [arn] });
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${this.bucketName}/${CLIPS}]`,
      reason:
        'A clip that is put into the bucket can be played without a deployment; clips of this bucket alone are read.',
    });
  }
}

/** A dot in its name would not match the certificate of a host name. */
const urlOf = (bucket: string, { region, urlSuffix }: Stack) =>
  bucket.includes('.')
    ? `https://s3.${region}.${urlSuffix}/${bucket}`
    : `https://${bucket}.s3.${region}.${urlSuffix}`;
