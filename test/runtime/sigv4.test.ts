import { afterEach, expect, it, vi } from 'vitest';
import { signFor } from '../../functions/runtime/sigv4.ts';

afterEach(() => vi.unstubAllEnvs());

// The same request, through the SDK's ApiGatewayManagementApi client 3.1163.0, had this very
// signature.
it('signs as the SDK does', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'SECRET');
  vi.stubEnv('AWS_SESSION_TOKEN', 'TOKEN');
  const sign = signFor('execute-api', 'eu-central-1', () => Date.parse('2026-11-23T12:00:00Z'));
  const headers = await sign({
    method: 'POST',
    url: 'https://abc.execute-api.eu-central-1.amazonaws.com/live/@connections/L0SM9cOFvHcCIhw%3D',
    headers: { 'content-type': 'application/octet-stream' },
    body: '[{"type":"barge_in","session_id":"ä"}]',
  });
  expect(headers).toEqual(EXPECTED);
});

const EXPECTED = {
  host: 'abc.execute-api.eu-central-1.amazonaws.com',
  'content-type': 'application/octet-stream',
  'x-amz-date': '20261123T120000Z',
  'x-amz-security-token': 'TOKEN',
  'x-amz-content-sha256': '2f33866f700777a881301a891bcb2ba2708b538abe0f87cc08fc223fa048baed',
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-central-1/execute-api/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=484529ec2532d9a08c4b8b677c115bf1a1bcd30c51eac8cd33d2cface39ecefd',
};

// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET
// Object".
it('signs for S3 as its documentation does', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');
  const sign = signFor('s3', 'us-east-1', () => Date.parse('2013-05-24T00:00:00Z'));
  const url = 'https://examplebucket.s3.amazonaws.com/test.txt';
  const { authorization } = await sign({
    method: 'GET',
    url,
    headers: { range: 'bytes=0-9' },
    body: '',
  });
  expect(authorization).toContain('SignedHeaders=host;range;x-amz-content-sha256;x-amz-date');
  expect(authorization).toContain(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});
