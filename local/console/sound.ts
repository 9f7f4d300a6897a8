import type { ActionOf } from '../../functions/protocol/index.ts';
import type { Bar } from './picture.ts';
import { rateFor, restOf, voiceFor } from './speech.ts';

export interface Sound {
  isOn(): boolean;
  /** Only a click may. */
  turn(on: boolean): void;
  /** Plays what has been playing for `played_ms`. */
  play(bar: Bar, played_ms: number, language: string): void;
  /** At once. */
  stop(): void;
  /** Plays a loop below what is said, until another one, or nothing, is to be played. */
  mix(action: ActionOf<'mix_audio'> | undefined): void;
}

/**
 * Says what the assistant says, with the voices of the browser. `told` hears why something isn't
 * heard.
 */
export function createSound(told: (problem: string) => void): Sound {
  let on = false;
  let audio: AudioContext | undefined;
  let clip: AudioBufferSourceNode | undefined;
  let loop: Loop | undefined;

  return {
    isOn: () => on,
    turn(wanted) {
      on = wanted;
      if (!on) {
        stop();
        mix(undefined);
        return;
      }
      audio ??= new AudioContext();
      void audio.resume();
      // Some browsers load their voices when somebody asks first.
      if (synthesis()?.getVoices().length === 0) told(NO_VOICE);
      else told('');
    },
    play(bar, played_ms, language) {
      if (!on) return;
      if (bar.action?.type === 'audio') void playClip(bar.action.audio, played_ms);
      else if (!bar.clip) say(bar, played_ms, language);
    },
    stop,
    mix,
  };

  function say(bar: Bar, played_ms: number, language: string) {
    const voices = synthesis()?.getVoices() ?? [];
    if (voices.length === 0) return told(NO_VOICE);
    const tag = languageOf(bar) ?? language;
    const voice = voiceFor(voices, tag);
    told(voice ? '' : `This browser has no voice for ${tag}: another one speaks.`);
    const duration_ms = bar.until_ms - bar.from_ms;
    // So little is missed by a page that hears of it at once, that nothing is left out.
    const text = played_ms < 400 ? bar.text : restOf(bar.text, played_ms, duration_ms);
    if (!text) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.rate = rateFor(text, Math.max(1, duration_ms - played_ms));
    utterance.lang = voice?.lang ?? tag;
    utterance.voice = voice ?? null;
    speechSynthesis.cancel();
    speechSynthesis.speak(utterance);
  }

  async function playClip(wav: string, played_ms: number) {
    const source = await sourceOf(wav);
    if (!source || !on) return;
    clip?.stop();
    clip = source;
    source.start(0, played_ms / 1000);
  }

  function stop() {
    synthesis()?.cancel();
    clip?.stop();
    clip = undefined;
  }

  function mix(action: ActionOf<'mix_audio'> | undefined) {
    if (loop?.action === action) return;
    loop?.source?.stop();
    loop = undefined;
    if (!on || !action?.audio) return;
    const begun: Loop = { action };
    loop = begun;
    void sourceOf(action.audio, action.volume ?? 0.5).then((source) => {
      if (!source || loop !== begun) return;
      begun.source = source;
      source.loop = true;
      source.start();
    });
  }

  async function sourceOf(wav: string, volume = 1): Promise<AudioBufferSourceNode | undefined> {
    if (!audio) return undefined;
    try {
      const bytes = Uint8Array.from(atob(wav), (character) => character.charCodeAt(0));
      const source = audio.createBufferSource();
      source.buffer = await audio.decodeAudioData(bytes.buffer);
      const gain = audio.createGain();
      gain.gain.value = volume;
      source.connect(gain).connect(audio.destination);
      return source;
    } catch (error) {
      told(`A clip can’t be played here: ${(error as Error).message}`);
      return undefined;
    }
  }
}

interface Loop {
  action: object;
  source?: AudioBufferSourceNode;
}

const NO_VOICE = 'This browser has no voice: clips are heard, sentences are only shown.';

/** Some browsers have none. */
const synthesis = (): SpeechSynthesis | undefined =>
  'speechSynthesis' in window ? window.speechSynthesis : undefined;

const languageOf = ({ action }: Bar): string | undefined =>
  action?.type === 'speak' && action.tts && 'language' in action.tts
    ? action.tts.language
    : undefined;
