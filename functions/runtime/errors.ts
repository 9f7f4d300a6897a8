/** A request that is refused. Both functions answer with the same body. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly expose = true;
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
    return { error: { code: this.code, message: this.message, ...(this.field && { field: this.field }) } };
  }
}
