import type { Template } from '../assistant/template.ts';
import { flowNamed } from '../assistant/template-choice.ts';
import announcement from './announcement.ts';
import appointment from './appointment.ts';
import conversation from './conversation.ts';
import emergency from './emergency.ts';
import hotline from './hotline.ts';
import llmAgent from './llm-agent.ts';
import orderStatus from './order-status.ts';
import receptionist from './receptionist.ts';
import selfCorrection from './self-correction.ts';
import starter from './starter.ts';
import survey from './survey.ts';

/**
 * Our own call flows, chosen by name (`-c template=…`, `TEMPLATE=…`). Yours are files in `flows/`.
 */
export const templates = {
  announcement,
  appointment,
  conversation,
  emergency,
  hotline,
  'llm-agent': llmAgent,
  'order-status': orderStatus,
  receptionist,
  'self-correction': selfCorrection,
  starter,
  survey,
} satisfies Record<string, Template>;

/**
 * `order-status`, or in another language than its own `order-status:de-DE`. Throws an error that
 * lists the names there are.
 */
export const templateNamed = (name: string): Template => flowNamed(templates, name);

/** What stands here for the bundler, which puts the chosen ones in its place. */
export const flows: Readonly<Record<string, Template>> = templates;
