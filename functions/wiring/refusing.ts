import { defineTemplate, type Template } from '../assistant/template.ts';
import { hangup } from '../protocol/builders.ts';

/**
 * Stands in for a call flow that can't work without these variables and secrets: it says so, and
 * hangs up.
 */
export function refusing(missing: readonly string[]): Template {
  const words = `This call flow can’t take calls: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set.`;
  const refusal = () => [words, hangup()];
  return defineTemplate({ fallback: words, onSessionStart: refusal, onUserSpeak: refusal });
}
