import type { ActionDraft } from '../protocol/actions.ts';
import type { Template, Texts } from './template.ts';

/** BCP-47 as far as a voice and a recogniser need it. */
export const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** The parts of a call flow that follow the language of its call. */
const FOLLOWING = ['fallback', 'progress', 'apology', 'silence', 'voice', 'transcription'] as const;

/** `de` of `de-DE`; English where no language is known. */
export const primaryOf = (language = 'en'): string => language.split('-')[0]?.toLowerCase() ?? 'en';

/** A call flow in one language: that of the call, or its own. */
export function inLanguage(template: Template, language = template.language): Template {
  if (language === undefined) return template;
  const texts = textsOf(template, language);
  const own = FOLLOWING.filter((name) => texts[name] !== undefined);
  return {
    ...template,
    ...Object.fromEntries(own.map((name) => [name, texts[name]])),
    ...(template.silence &&
      texts.silence !== undefined && {
        silence: { ...template.silence, ...(texts.silence as object) },
      }),
    language,
    native: template.native ?? template.language ?? '',
  };
}

/** The texts in a language, or else in the call flow's own, or else the first there are. */
export function textsOf(
  { texts = {}, language: spoken, native: own = spoken }: Template,
  language = spoken,
): Texts {
  const named = (tag: string | undefined) => {
    const tags = Object.keys(texts);
    const lower = tag?.toLowerCase();
    return (
      tags.find((one) => one.toLowerCase() === lower) ??
      tags.find((one) => tag !== undefined && primaryOf(one) === primaryOf(tag))
    );
  };
  const tag = named(language) ?? named(own) ?? Object.keys(texts)[0];
  return tag === undefined ? {} : (texts[tag] ?? {});
}

/**
 * The actions, led by the configuration of the recogniser if the language has changed. A `barge_in`
 * stays first.
 */
export function understood(
  actions: ActionDraft[],
  { language, transcription }: Template,
  heardIn: string | undefined,
): ActionDraft[] {
  if (language === undefined || language === heardIn) return actions;
  if (actions.some(({ type }) => type === 'configure_transcription')) return actions;
  const place = actions[0]?.type === 'barge_in' ? 1 : 0;
  const configured = { type: 'configure_transcription', languages: [language], ...transcription };
  return actions.toSpliced(place, 0, configured as ActionDraft);
}
