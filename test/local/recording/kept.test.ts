import { expect, test } from 'vitest';
import { tableProblem } from '../../../local/recording/kept.ts';

test.each([
  ['Error', 'Region is missing', /^which region\? Set AWS_REGION$/],
  ['CredentialsProviderError', 'Could not load credentials', /log in .*AWS_PROFILE.*Could not/],
  ['ResourceNotFoundException', 'not found', /no table calls .*RecordingsTableName/],
  ['AccessDeniedException', 'not authorized', /you may not read the table calls/],
  ['ExpiredTokenException', 'expired', /log in again$/],
  ['UnrecognizedClientException', 'invalid', /log in again$/],
  ['TimeoutError', 'connect ETIMEDOUT', /^connect ETIMEDOUT$/],
])('%s: %s', (name, message, told) => {
  expect(tableProblem(Object.assign(new Error(message), { name }), 'calls')).toMatch(told);
});
