/** The part of a voice of the browser that is looked at. */
export interface Voice {
  lang: string;
  name: string;
}

/** How fast voices speak at rate 1, characters a second. */
const NATURAL = 15;
const [SLOWEST, FASTEST] = [0.5, 4];

/** The rate at which `text` lasts about `duration_ms`. */
export function rateFor(text: string, duration_ms: number): number {
  const natural_ms = (text.length / NATURAL) * 1000;
  if (duration_ms <= 0) return FASTEST;
  return Math.min(FASTEST, Math.max(SLOWEST, natural_ms / duration_ms));
}

/**
 * What is still to be said of a text of which `played_ms` have passed, from the beginning of a
 * word.
 */
export function restOf(text: string, played_ms: number, duration_ms: number): string {
  if (played_ms <= 0) return text;
  if (played_ms >= duration_ms) return '';
  const at = Math.floor((text.length * played_ms) / duration_ms);
  const next = text.slice(at).search(/\s/);
  return next < 0 ? '' : text.slice(at + next).trimStart();
}

/** The one for a language tag: of the region, else of the language, else none. */
export function voiceFor<V extends Voice>(voices: readonly V[], language: string): V | undefined {
  const wanted = language.toLowerCase().replace('_', '-');
  const [base] = wanted.split('-');
  const tag = ({ lang }: Voice) => lang.toLowerCase().replace('_', '-');
  return (
    voices.find((voice) => tag(voice) === wanted) ??
    voices.find((voice) => tag(voice).split('-')[0] === base)
  );
}
