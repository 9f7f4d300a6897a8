/**
 * Why nothing came from there, in words that hold nothing of the request; `origin` has neither path
 * nor query.
 */
export function whyUnreachable(error: unknown, origin: string): string {
  if (error instanceof Error && (error.cause as Error | undefined)?.message === 'bad port')
    return `nothing may be sent to the port in ${origin}: browsers and fetch refuse it, take another`;
  const code = codeOf(error);
  const known = code === undefined ? undefined : WORDS[code];
  return known?.(origin) ?? `the connection to ${origin} broke${code ? ` (${code})` : ''}`;
}

const WORDS: Readonly<Record<string, (origin: string) => string>> = {
  ECONNREFUSED: (origin) => `nobody listens at ${origin}: start the application, or check the URL`,
  ENOTFOUND: (origin) => `there is no host of the name in ${origin}`,
  EAI_AGAIN: (origin) => `the name in ${origin} can't be looked up now`,
  ETIMEDOUT: (origin) => `${origin} can't be reached`,
  EPROTO: (origin) => `${origin} doesn't speak TLS: is it http or ws, without the s?`,
  ERR_SSL_WRONG_VERSION_NUMBER: (origin) =>
    `${origin} doesn't speak TLS: is it http or ws, without the s?`,
};

/** fetch hides it in the cause; a name with two addresses fails with one error for each. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : cause);
}
