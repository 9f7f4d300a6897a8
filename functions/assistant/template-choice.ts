import { PHONE_NUMBER_RULE, readPhoneNumber } from '../protocol/phone-number.ts';
import { inLanguage } from './language.ts';
import type { Template } from './template.ts';

/**
 * What a call tells of whom it wants: our side as digits, `callee`, unless another `number` is
 * ours.
 */
interface Wanted {
  /** Of the call, where it has one of its own. */
  readonly language?: string | undefined;
  /** Named when it started: counts before any number. */
  readonly template?: string | undefined;
  readonly callee?: string | undefined;
  readonly number?: string | undefined;
}

/** Which call flow a call follows. */
export interface TemplateChoice {
  /** Every one that a call may follow. */
  readonly all: readonly Template[];
  of(wanted: Wanted): Template;
}

export const always = (template: Template): TemplateChoice => ({
  all: [template],
  of: ({ language }) => inLanguage(template, language),
});

/**
 * One for each number of ours, in any international notation; `otherwise` for all other calls. Who
 * is at the other end doesn't count, not even with a number of ours. A call may name one of `named`
 * instead. Throws an error that names a number that can't be read.
 */
export function byNumber(
  templates: Iterable<readonly [string, Template]>,
  otherwise: Template,
  named: Readonly<Record<string, Template>> = {},
): TemplateChoice {
  const known = new Map<string | undefined, Template>(
    [...templates].map(([number, template]) => [ours(number), template]),
  );
  return {
    all: [...new Set([...known.values(), otherwise])],
    of({ template = '', callee, number = callee, language }) {
      const chosen = Object.hasOwn(named, template) ? named[template] : known.get(number);
      return inLanguage(chosen ?? otherwise, language);
    },
  };
}

interface Chosen {
  readonly template: string;
  /** Names by number of ours, in any notation. */
  readonly templateByNumber: Readonly<Record<string, string>>;
}

/** The call flows of these names, out of those that there are. Throws an error that lists them. */
export function chosenOf(
  flows: Readonly<Record<string, Template>>,
  { template, templateByNumber }: Chosen,
): TemplateChoice {
  const numbered = Object.entries(templateByNumber);
  return byNumber(
    numbered.map(([number, name]) => [number, flowNamed(flows, name)] as const),
    flowNamed(flows, template),
    flows,
  );
}

/**
 * `order-status`, or in another language than its own `order-status:de-DE`. Throws an error that
 * lists the names there are.
 */
export function flowNamed(flows: Readonly<Record<string, Template>>, given: string): Template {
  const [name = '', language] = given.split(':');
  const found = Object.hasOwn(flows, name) ? flows[name] : undefined;
  if (found) return inLanguage(found, language);
  throw new Error(`there is no template "${name}": choose one of ${Object.keys(flows).join(', ')}`);
}

function ours(number: string): string {
  const digits = readPhoneNumber(number);
  if (digits !== undefined) return digits;
  throw new Error(
    `TEMPLATE_BY_NUMBER: ${JSON.stringify(number.slice(0, 100))} ${PHONE_NUMBER_RULE}`,
  );
}
