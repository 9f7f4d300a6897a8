import type { Clock } from '../../functions/runtime/clock.ts';

/** The caller's voice before its words are known: it is told of once, and again after the words. */
export function createSpeechTurn(clock: Clock, started: () => void) {
  let sentences = 0;

  return {
    /** Somebody begins to speak; `said` is called when the sentence has ended, after `ms`. */
    begin(ms: number, said: () => void): void {
      if (sentences++ === 0) started();
      const end = () => {
        sentences--;
        said();
      };
      if (ms > 0) clock.after(ms, end);
      else end();
    },
  };
}
