import { afterEach, expect, it, vi } from 'vitest';
import { signFor } from '../../functions/runtime/sigv4.ts';

afterEach(() => vi.unstubAllEnvs());

// The same request, through the SDK's ApiGatewayManagementApi client 3.1163.0, had this very signature.
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
