/**
 * A request that is refused. Both functions answer with the same body; the message is for whoever
 * sent the request.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { field?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.field = options.field;
  }

  get body() {
    return {
      error: { code: this.code, message: this.message, ...(this.field && { field: this.field }) },
    };
  }
}

/** Something that we depend on failed. The message is ours: a log may have it. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly expose = true;
}

/**
 * Says once of each key that it is new. Of at most `limit` keys: it doesn't grow with what comes
 * from outside, and what comes later isn't told.
 */
export function createNovelty(limit = 100): (key: string) => boolean {
  const known = new Set<string>();
  return (key) => {
    const kept = key.slice(0, 100);
    if (known.size >= limit || known.has(kept)) return false;
    known.add(kept);
    return true;
  };
}
