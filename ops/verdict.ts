/** What a check has found: all is well, or what is wrong and what to do. */
export interface Verdict {
  readonly ok: boolean;
  readonly words: string;
}

export const well = (words: string): Verdict => ({ ok: true, words });
export const wrong = (words: string): Verdict => ({ ok: false, words });

export const QUERY = 'docs/operations.md has the log queries';
