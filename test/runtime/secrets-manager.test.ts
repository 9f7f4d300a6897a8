import { describe, expect, it } from 'vitest';
import { AwsError } from '../../functions/runtime/aws-json.ts';
import { secretReader } from '../../functions/runtime/secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:token';

/** A secret by its stages; one that isn't there is refused as AWS does. */
function reading(stages: Record<string, object | Error>) {
  return secretReader(ARN, async (target, input) => {
    expect(target).toBe('secretsmanager.GetSecretValue');
    const { SecretId, VersionStage } = input as { SecretId: string; VersionStage: string };
    expect(SecretId).toBe(ARN);
    const found =
      stages[VersionStage] ?? new AwsError('ResourceNotFoundException', 'No such version.', false);
    if (found instanceof Error) throw found;
    return found;
  })();
}

const CURRENT = { SecretString: 'new', CreatedDate: 1_795_435_200.5 };

describe('a secret', () => {
  it('is accompanied for a day by the one before it', async () => {
    expect(
      await reading({ AWSCURRENT: CURRENT, AWSPREVIOUS: { SecretString: 'old', CreatedDate: 1 } }),
    ).toEqual([{ value: 'new' }, { value: 'old', until: Date.parse('2026-11-24T12:00:00.500Z') }]);
  });

  it('that was never rotated is alone', async () => {
    expect(await reading({ AWSCURRENT: CURRENT })).toEqual([{ value: 'new' }]);
  });

  it('may be bytes, and a text ends before its line break', async () => {
    const bytes = { SecretBinary: Buffer.from('grün').toString('base64'), CreatedDate: 1 };
    expect(await reading({ AWSCURRENT: bytes })).toEqual([{ value: 'grün' }]);
    expect(await reading({ AWSCURRENT: { SecretString: 'new\n', CreatedDate: 1 } })).toEqual([
      { value: 'new' },
    ]);
  });

  it('cannot be read when there is none, or either version is refused', async () => {
    const denied = new AwsError('AccessDeniedException', 'No.', false);
    await expect(reading({})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(reading({ AWSCURRENT: CURRENT, AWSPREVIOUS: denied })).rejects.toBe(denied);
  });
});
