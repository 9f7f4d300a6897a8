/** Takes one line for the person at the terminal. */
export type Log = (line: string) => void;

export const logTo =
  (output: NodeJS.WritableStream): Log =>
  (line) =>
    void output.write(`${line}\n`);
