import { Writable } from 'node:stream';
import type { Notice } from './notices.ts';

/** A line that a function logs: `functions/runtime/log.ts`. */
interface LogLine {
  level?: string;
  message?: string;
  service?: string;
  session_id?: string;
  event?: string;
  took_ms?: number;
  /** Of what was refused. */
  field?: string;
  error?: { name?: string; message?: string };
}

/** An answer that took longer than this is heard as a pause. */
const SLOW_MS = 400;

/** Passes on what functions log, and tells of what went wrong in a call, or took long. */
export const watchLog = (
  output: NodeJS.WritableStream,
  { notice, slow }: { notice(notice: Notice): void; slow(line: string): void },
): Writable =>
  new Writable({
    write(chunk, _encoding, done) {
      output.write(chunk);
      for (const text of String(chunk).split('\n')) {
        const line = parsed(text);
        if (!line) continue;
        if (line.level === 'ERROR' || line.level === 'WARN') notice(noticeOf(line));
        else if ((line.took_ms ?? 0) > SLOW_MS && WHERE[line.message ?? '']) slow(slowness(line));
      }
      done();
    },
  });

/** One for each kind of thing that goes wrong in a call. */
export function noticeOf({
  message = '',
  service,
  session_id,
  event,
  field,
  error,
}: LogLine): Notice {
  const about = [service, event].filter(Boolean).join(', ');
  const why = [field, error?.name, error?.message].filter(Boolean).join(': ');
  const words = MEANING[message] ?? message;
  return {
    key: `${message} ${session_id ?? ''}`,
    text: `${words} (${[about, why].filter(Boolean).join('; ')})`,
    ...(session_id && { session_id }),
  };
}

/** What a caller notices of it. */
const MEANING: Record<string, string> = {
  session_not_read:
    'Something was lost: this event was answered without memory, the database was late',
  answer_failed: 'The template did not answer as it should',
  store_unavailable: 'An interruption was not told: the database was late',
  job_failed: 'A slow answer has failed',
  job_lost: 'A slow answer is lost',
};

/** An event that took long in its template is told of twice: there, and in all. */
const WHERE: Record<string, string> = {
  template_slow: 'the template: answer with later()',
  answered: 'all; after 800 ms the fallback is said',
};

const slowness = ({ message = '', event, took_ms, session_id }: LogLine) =>
  `slow: ${event} took ${took_ms} ms in ${WHERE[message]} (call ${session_id})`;

function parsed(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
