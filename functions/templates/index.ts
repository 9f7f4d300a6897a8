import type { Template } from '../assistant/template.ts';
import { byNumber, type TemplateChoice } from '../assistant/template-choice.ts';
import announcement from './announcement.ts';
import conversation from './conversation.ts';
import llmAgent from './llm-agent.ts';
import orderStatus from './order-status.ts';
import orderStatusInGerman from './order-status-de.ts';
import receptionist from './receptionist.ts';
import selfCorrection from './self-correction.ts';
import starter from './starter.ts';

/** Every call flow that can be chosen by name (`-c template=…`, `TEMPLATE=…`). Yours goes here. */
export const templates = {
  announcement,
  conversation,
  'llm-agent': llmAgent,
  'order-status': orderStatus,
  'order-status-de': orderStatusInGerman,
  receptionist,
  'self-correction': selfCorrection,
  starter,
} satisfies Record<string, Template>;

/** Throws an error that lists the names there are. */
export function templateNamed(name: string): Template {
  if (Object.hasOwn(templates, name)) return templates[name as keyof typeof templates];
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
