import { Writable } from 'node:stream';

/** Takes one line for the person at the terminal. */
export type Log = (line: string) => void;

export const logTo =
  (output: NodeJS.WritableStream): Log =>
  (line) =>
    void output.write(`${line}\n`);

/**
 * Passes on what needs a person: not the line that a function writes for each event it has
 * answered.
 */
export const worthReading = (output: NodeJS.WritableStream): Writable =>
  new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split(/(?<=\n)/)) {
        if (!line.startsWith('{"level":"INFO"')) output.write(line);
      }
      done();
    },
  });
