import { cut } from '../protocol/invalid.ts';
import { parseJson } from '../protocol/json.ts';

/** Where the actions go; the whole of a JSON string. */
const ACTIONS = '{actions}';
/** Where the session belongs: anywhere in a JSON string, in the path or in the query. */
const SESSION_ID = '{session_id}';

/** Throws an error that names the value for what isn't a URL to send to, but for the session. */
export function urlTemplate(text: string): (session_id: string) => string {
  const remedy = `must be an http(s) URL, with ${SESSION_ID} in its path or query if the session belongs there`;
  // The session must not choose the host.
  const isUrl = URL.canParse(text) && /^https?:\/\/[^\s/?#@{}]+(?:[/?][^\s#]*)?$/.test(text);
  if (!isUrl || unknownPlaceholder(text))
    throw new Error(`EXTERNAL_API_URL ${remedy}; got ${cut(text)}`);
  return (session_id) => text.replaceAll(SESSION_ID, encodeURIComponent(session_id));
}

/**
 * What is sent: JSON with `"{actions}"` in it once, for the array, and `{session_id}` inside of
 * strings. Empty for the array alone. Throws an error that names what is wrong.
 */
export function bodyTemplate(
  text: string,
): (session_id: string, actions: readonly object[]) => string {
  const template = text === '' ? ACTIONS : parseJson(text);
  const problem = template === undefined ? 'must be JSON' : problemWith(stringsIn(template));
  if (problem)
    throw new Error(
      `EXTERNAL_API_BODY ${problem}, such as {"session": "{session_id}", "actions": "{actions}"}`,
    );
  return (session_id, actions) => {
    const filled = (value: unknown): unknown => {
      if (value === ACTIONS) return actions;
      if (typeof value === 'string') return value.replaceAll(SESSION_ID, () => session_id);
      if (Array.isArray(value)) return value.map(filled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
    };
    return JSON.stringify(filled(template));
  };
}

function problemWith(strings: readonly string[]): string | undefined {
  if (strings.filter((one) => one === ACTIONS).length !== 1) return `must hold "${ACTIONS}" once`;
  const unknown = strings.filter((one) => one !== ACTIONS).some(unknownPlaceholder);
  return unknown
    ? `knows ${ACTIONS} as a whole string, ${SESSION_ID} inside of strings, and no other placeholder`
    : undefined;
}

/** A `{word}` that nothing would be put in for. */
const unknownPlaceholder = (text: string) => /\{\w*\}/.test(text.replaceAll(SESSION_ID, ''));

/** Its values; a key stays as it is. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/**
 * Throws an error that names the value for a method that carries no body, or a header that can't be
 * sent.
 */
export function checkRequest({
  method,
  authHeader,
}: {
  readonly method: string;
  readonly authHeader: string;
}): void {
  if (!['POST', 'PUT', 'PATCH'].includes(method)) {
    throw new Error(`EXTERNAL_API_METHOD must be POST, PUT or PATCH; got ${cut(method)}`);
  }
  // What HTTP calls a token: RFC 9110, section 5.6.2.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(authHeader)) {
    throw new Error(
      `EXTERNAL_API_AUTH_HEADER must be the name of one header; got ${cut(authHeader)}`,
    );
  }
}
