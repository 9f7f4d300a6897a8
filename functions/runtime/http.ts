import { MAX_DEPTH, parseJson, tooDeep } from '../protocol/json.ts';
import { RequestError } from './errors.ts';

/** The part of API Gateway's payload 2.0 that is read here. */
export interface HttpRequest {
  readonly headers?: { readonly [name: string]: string | undefined } | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  /** `timeEpoch`: when API Gateway took the request, ms since 1970. */
  readonly requestContext?: { readonly timeEpoch?: number; readonly requestId?: string };
  /**
   * Set by whoever runs the gateway, never by a request. `npm start` names a call's template here.
   */
  readonly stageVariables?: { readonly template?: string } | null;
}

export interface HttpResponse {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}

export const json = (statusCode: number, body: unknown): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const noContent = (): HttpResponse => ({ statusCode: 204 });

/** HTTP APIs lower-case names; tests, replayed requests and WebSocket `$connect` don't. */
export function header({ headers }: HttpRequest, name: string): string | undefined {
  const entries = Object.entries(headers ?? {});
  const value = entries.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The JSON in a body. Throws {@link RequestError}: 413 `too_large`, 400 `invalid_json` or
 * `too_deep`.
 */
export function readJson(request: HttpRequest, maxBytes: number): unknown {
  const { body, isBase64Encoded } = request;
  // Whoever may invoke the function may send what API Gateway wouldn't.
  const text = typeof body === 'string' ? body : '';
  const bytes = Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) {
    throw new RequestError(
      413,
      'too_large',
      `the body must be at most ${maxBytes} bytes; got ${bytes.length}`,
    );
  }
  const value = parseJson(bytes.toString('utf8'));
  if (value === undefined) {
    const message =
      bytes.length === 0 ? 'the body is empty: send JSON' : 'the body is not valid JSON';
    throw new RequestError(400, 'invalid_json', message);
  }
  if (tooDeep(value)) {
    throw new RequestError(
      400,
      'too_deep',
      `the body must not be nested more than ${MAX_DEPTH} levels deep`,
    );
  }
  return value;
}
