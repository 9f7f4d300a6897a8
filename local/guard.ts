import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/*
 * Any web page can make its reader's browser POST to 127.0.0.1, and a host name that resolves to it can read the
 * answers. What has no secret of its own is therefore open to this machine's programs and its own page only.
 */

const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost)(:\d+)?$/i;

// The types a page may send across origins without asking first, which is what curl and forms send
// unless told.
const SIMPLE_TYPE = /^(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** Paths that check a secret in a header, which no foreign page can set. */
const AUTHENTICATED = /^\/(webhook|simulator\/sessions\/[^/]+\/actions)$/;

/** Refuses foreign hosts and origins (403) and the content types of cross-site forms (415). */
export const guard: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? '';
  if (!LOCAL_HOST.test(host)) {
    return refuse(
      c,
      403,
      'foreign_host',
      `Host must be 127.0.0.1 or localhost; got ${JSON.stringify(host)}`,
    );
  }
  const origin = c.req.header('origin');
  if (origin !== undefined && !isOwn(origin, host)) {
    return refuse(
      c,
      403,
      'foreign_origin',
      `Origin must be this runtime's own; got ${JSON.stringify(origin)}`,
    );
  }
  const type = c.req.header('content-type') ?? '';
  if (hasBody(c) && SIMPLE_TYPE.test(type) && !AUTHENTICATED.test(c.req.path)) {
    const message = `content-type must be application/json; got ${JSON.stringify(type)}: add -H 'content-type: application/json'`;
    return refuse(c, 415, 'unsupported_media_type', message);
  }
  return next();
};

/** The body of every error outside Lambda's Invoke API. */
export const refuse = (c: Context, status: ContentfulStatusCode, code: string, message: string) =>
  c.json({ error: { code, message } }, status);

function isOwn(origin: string, host: string): boolean {
  const [scheme, authority = ''] = origin.split('://');
  return scheme === 'http' && LOCAL_HOST.test(authority) && port(authority) === port(host);
}

const port = (host: string) => LOCAL_HOST.exec(host)?.[1];

function hasBody(c: Context): boolean {
  return (
    Number(c.req.header('content-length') ?? 0) > 0 ||
    c.req.header('transfer-encoding') !== undefined
  );
}
