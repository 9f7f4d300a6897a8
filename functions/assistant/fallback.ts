import { primaryOf } from './language.ts';
import { saidAsList } from './said.ts';
import type { Template } from './template.ts';

/** What is said where a call flow has nothing for its mistakes. */
const FALLBACKS: Readonly<Record<string, string>> & { readonly en: string } = {
  en: 'Sorry, could you say that again?',
  de: 'Entschuldigung, können Sie das noch einmal sagen?',
  fr: 'Pardon, pouvez-vous répéter ?',
  es: 'Perdone, ¿puede repetirlo?',
  it: 'Scusi, può ripetere?',
  nl: 'Sorry, kunt u dat herhalen?',
};

/** The compiler asks for a fallback. Where there is none, a mistake must not be silence. */
export function withFallback(template: Template): Template {
  if (saidAsList(template.fallback).length > 0) return template;
  return { ...template, fallback: FALLBACKS[primaryOf(template.language)] ?? FALLBACKS.en };
}
