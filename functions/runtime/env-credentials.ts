/**
 * Stands in for `@aws-sdk/credential-provider-node` in every bundle (see `lib/bundle.ts`): Lambda
 * hands its credentials over in the environment, and the rest of the chain (SSO, profiles, IMDS) is
 * a third of the client's import time.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: outside Lambda, set them to any value',
    );
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
};

/**
 * Stands in for `@aws-sdk/token-providers`, too, which Bedrock's client brings along for API keys
 * instead of credentials, and with it a client for single sign-on.
 */
export const nodeProvider = () => async () => {
  throw new Error(
    'there are no API keys here: Bedrock is asked with the credentials of the function',
  );
};
export const fromEnvSigningName = nodeProvider;
