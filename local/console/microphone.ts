/** The part of the browser's recogniser that is used here: no standard library has it. */
interface Recognition {
  lang: string;
  continuous: boolean;
  onresult: (event: {
    resultIndex: number;
    results: ArrayLike<{ isFinal: boolean; 0: { transcript: string } }>;
  }) => void;
  onerror: (event: { error: string }) => void;
  onend: () => void;
  start(): void;
  stop(): void;
}

type Recognizer = new () => Recognition;

const recognizer = (): Recognizer | undefined =>
  (window as { webkitSpeechRecognition?: Recognizer }).webkitSpeechRecognition;

export const hasMicrophone = () => recognizer() !== undefined;

export interface Microphone {
  isOn(): boolean;
  turn(on: boolean, language: string): void;
}

/**
 * Whoever sits before the page is the caller. `heard` takes each sentence, also while the assistant
 * speaks.
 */
export function createMicrophone(parts: {
  heard(text: string): void;
  problem(message: string): void;
  changed(): void;
}): Microphone {
  let current: Recognition | undefined;

  return {
    isOn: () => current !== undefined,
    turn(on, language) {
      if (on) listen(language);
      else {
        const stopped = current;
        current = undefined;
        stopped?.stop();
      }
      parts.changed();
    },
  };

  function listen(language: string) {
    const Recognizer = recognizer();
    if (!Recognizer) return;
    const recognition = new Recognizer();
    recognition.lang = language;
    recognition.continuous = true;
    recognition.onresult = ({ resultIndex, results }) => {
      for (const result of Array.from(results).slice(resultIndex))
        if (result.isFinal && result[0].transcript.trim()) parts.heard(result[0].transcript.trim());
    };
    recognition.onerror = ({ error }) => {
      // A silence ends nothing: it listens again.
      if (error === 'no-speech') return;
      current = undefined;
      parts.problem(`The microphone can’t be used: ${error}`);
      parts.changed();
    };
    recognition.onend = () => {
      if (current === recognition) recognition.start();
    };
    current = recognition;
    recognition.start();
  }
}
