/**
 * Settings of every AWS client: the SDK's own (no time-out, three attempts) outlive the 800 ms in which a caller must
 * be answered.
 */
export const clientSettings = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 200, requestTimeout: 300, throwOnRequestTimeout: true },
};
