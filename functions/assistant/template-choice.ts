import { phoneDigits } from '../sessions/session.ts';
import type { Template } from './template.ts';

/** The two ends of a call, as digits without `+` or `00`. */
export interface Numbers {
  readonly caller?: string | undefined;
  readonly callee?: string | undefined;
}

/** Which call flow a call follows. */
export interface TemplateChoice {
  /** Every one that a call may follow. */
  readonly all: readonly Template[];
  of(numbers: Numbers): Template;
}

/** The same for every call. */
export const always = (template: Template): TemplateChoice => ({ all: [template], of: () => template });

/** One for each number of ours, called or calling, in any notation; `otherwise` for all other calls. */
export function byNumber(templates: Iterable<readonly [string, Template]>, otherwise: Template): TemplateChoice {
  const known = new Map([...templates].map(([number, template]) => [phoneDigits(number), template]));
  return {
    all: [...new Set([...known.values(), otherwise])],
    // Whom we call is not one of our numbers, so the other end is.
    of: ({ callee, caller }) => (callee && known.get(callee)) || (caller && known.get(caller)) || otherwise,
  };
}
