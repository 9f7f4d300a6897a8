import type { Log, LogFields } from '../../functions/runtime/log.ts';

export type Line = LogFields & { level: keyof Log; message: string };

/** A log that remembers its lines. */
export function recordingLog(): Log & { lines: Line[] } {
  const lines: Line[] = [];
  const write = (level: keyof Log) => (message: string, fields: LogFields) =>
    void lines.push({ level, message, ...fields });
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}
