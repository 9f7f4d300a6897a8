/** What functions write to: JSON lines. Fields name the session, never a number, a spoken text or a secret. */
export interface Log {
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}
export type LogFields = { session_id?: string } & Record<string, unknown>;

/**
 * `write` takes a whole line. Not `console`: Lambda puts a prefix before what is logged there, and metric filters no
 * longer read it as JSON.
 */
export function createLog(
  service: string,
  write: (line: string) => unknown = (line) => process.stdout.write(line),
): Log {
  const at = (level: string) => (message: string, fields: LogFields) => {
    const line = { level, message, timestamp: new Date().toISOString(), service, ...redacted(fields) };
    write(`${JSON.stringify(line)}\n`);
  };
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
}

/** An error as a log field: its name, where it happened, and its message without what somebody said or dialled. */
function redacted(fields: LogFields): LogFields {
  const { error } = fields;
  if (!(error instanceof Error)) return fields;
  const message = 'expose' in error && error.expose === true ? error.message : mask(error.message);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return { ...fields, error: { name: error.name, message, at: frames.slice(0, 5).map((line) => line.trim()) } };
}

const mask = (message: string) => message.replace(/(["'`]).*?\1/gs, '$1…$1').replace(/\+?\d[\d ]{4,}/g, '…');
