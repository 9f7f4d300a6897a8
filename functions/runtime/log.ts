import { AwsError } from './aws-json.ts';
import type { PlaceOf } from './source-map.ts';

/**
 * What functions write to: JSON lines. Fields name the session, never a number, a spoken text or a
 * secret.
 */
export interface Log {
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}
export type LogFields = { session_id?: string } & Record<string, unknown>;

/**
 * `write` takes a whole line. Not `console`: Lambda puts a prefix before what is logged there, and
 * metric filters no longer read it as JSON.
 */
export function createLog(
  service: string,
  write: (line: string) => unknown = (line) => process.stdout.write(line),
  placeOf: PlaceOf = (frame) => frame,
): Log {
  const at = (level: string) => (message: string, fields: LogFields) => {
    const { error, ...rest } = fields;
    const line = { level, message, timestamp: new Date().toISOString(), service, ...rest };
    write(
      `${JSON.stringify(error === undefined ? line : { ...line, error: described(error, placeOf) })}\n`,
    );
  };
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
}

const MAX_FRAMES = 5;
const MAX_CHARACTERS = 300;

/**
 * What was thrown, without what somebody said or dialled. Anything may be thrown, and a template's
 * message may hold it.
 */
function described(error: unknown, placeOf: PlaceOf) {
  if (!(error instanceof Error)) return { name: typeof error };
  const message = (messageOf(error) ?? reasonOf(error))?.slice(0, MAX_CHARACTERS);
  const name = /^[\w$.]{1,64}$/.test(error.name) ? error.name : 'Error';
  return { name, ...(message !== undefined && { message }), at: framesOf(error).map(placeOf) };
}

/**
 * `fetch` says "fetch failed", without a place, whatever it was. Its cause knows, or has a code of
 * Node's at least.
 */
function reasonOf({ message, cause }: Error): string | undefined {
  if (message !== 'fetch failed' || !(cause instanceof Error)) return undefined;
  const code = 'code' in cause ? String(cause.code) : '';
  return messageOf(cause) ?? /^[A-Z_]{1,64}$/.exec(code)?.[0];
}

/** Only what is known to be no one's words. */
function messageOf(error: Error): string | undefined {
  if ('logged' in error && typeof error.logged === 'string') return error.logged;
  if ('expose' in error && error.expose === true) return error.message;
  if (isFromOutside(error)) return mask(error.message.slice(0, MAX_CHARACTERS));
  return ENGINE.exec(error.message)?.[0];
}

/** What the engine says by itself, up to where it quotes. */
const ENGINE =
  /^(?:Cannot (?:read|set) properties of (?:undefined|null)|[\w$.]{1,64} is not (?:a function|iterable|defined)|Unexpected (?:token|end of JSON)(?: in)?)/;

/** From the operating system, or from a service of AWS. */
const isFromOutside = (error: Error) =>
  'syscall' in error || '$metadata' in error || error instanceof AwsError;

const mask = (message: string) =>
  message.replace(/(["'`]).*?\1/gs, '$1…$1').replace(/\+?\d[\d ]{4,}/g, '…');

function framesOf({ stack = '', message }: Error): string[] {
  // A line of the message may look like one.
  const lines = stack.split('\n').slice(message.split('\n').length);
  const frames = lines.filter((line) => /^\s+at /.test(line)).slice(0, MAX_FRAMES);
  return frames.map((line) => line.trim().slice(0, MAX_CHARACTERS));
}
