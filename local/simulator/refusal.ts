import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { InvalidValue } from '../../functions/protocol/index.ts';

/** A request that isn't carried out: `code` is stable, the message names the remedy. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: ContentfulStatusCode;
  readonly code: string;

  constructor(status: ContentfulStatusCode, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Answers `{ "error": { "code", "message", "field"? } }`; what isn't the request's fault is thrown
 * on.
 */
export function answerError(error: Error, c: Context): Response {
  if (error instanceof Refusal)
    return c.json({ error: { code: error.code, message: error.message } }, error.status);
  if (!(error instanceof InvalidValue)) throw error;
  const { told: message, field } = error;
  return c.json(
    { error: { code: 'invalid_request', message, ...(field !== undefined && { field }) } },
    400,
  );
}
