import { inLanguage } from '../assistant/language.ts';
import type { Template } from '../assistant/template.ts';
import { byNumber, type TemplateChoice } from '../assistant/template-choice.ts';
import announcement from './announcement.ts';
import conversation from './conversation.ts';
import llmAgent from './llm-agent.ts';
import orderStatus from './order-status.ts';
import receptionist from './receptionist.ts';
import selfCorrection from './self-correction.ts';
import starter from './starter.ts';

/** Every call flow that can be chosen by name (`-c template=…`, `TEMPLATE=…`). Yours goes here. */
export const templates = {
  announcement,
  conversation,
  'llm-agent': llmAgent,
  'order-status': orderStatus,
  receptionist,
  'self-correction': selfCorrection,
  starter,
} satisfies Record<string, Template>;

/** `order-status`, or in another language than its own `order-status:de-DE`. Throws an error that lists the names there are. */
export function templateNamed(given: string): Template {
  const [name = '', language] = given.split(':');
  if (Object.hasOwn(templates, name))
    return inLanguage(templates[name as keyof typeof templates], language);
  throw new Error(
    `there is no template "${name}": choose one of ${Object.keys(templates).join(', ')}`,
  );
}

interface Chosen {
  readonly template: string;
  /** Names by number of ours, in any notation. */
  readonly templateByNumber: Readonly<Record<string, string>>;
}

/** Throws as {@link templateNamed}. */
export const templatesFrom = ({ template, templateByNumber }: Chosen): TemplateChoice =>
  byNumber(
    Object.entries(templateByNumber).map(
      ([number, name]) => [number, templateNamed(name)] as const,
    ),
    templateNamed(template),
    templates,
  );
