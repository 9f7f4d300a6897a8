import type { Clock } from '../../functions/runtime/clock.ts';
import type { Weather } from './behaviour.ts';
import type { Voice } from './voice.ts';

export interface SpeechTurnParts {
  clock: Clock;
  voice: Pick<Voice, 'callerBegins' | 'callerSaid'>;
  weather: Pick<Weather, 'words_after_ms'>;
  /** Hears of a voice once, and again after its words. */
  started(): void;
  said(text: string, barged_in: boolean): void;
}

/** The caller's voice, from its first sound to its words. */
export function createSpeechTurn({ clock, voice, weather, started, said }: SpeechTurnParts) {
  let sentences = 0;

  const after = (ms: number, callback: () => void) =>
    void (ms > 0 ? clock.after(ms, callback) : callback());

  return {
    /** Somebody says `text` for `speaking_ms`. */
    begin(text: string, speaking_ms: number): void {
      if (sentences++ === 0) started();
      const cutByVoice = voice.callerBegins();
      after(speaking_ms, () => {
        const cutByWords = voice.callerSaid(text);
        after(weather.words_after_ms, () => {
          sentences--;
          said(text, cutByVoice || cutByWords);
        });
      });
    },
  };
}
