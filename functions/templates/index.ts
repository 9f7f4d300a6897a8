import type { Template } from '../assistant/template.ts';
import conversation from './conversation.ts';
import parcel from './parcel.ts';

/** Every call flow that can be chosen by name (`-c template=…`, `TEMPLATE=…`). Yours goes here. */
export const templates = { conversation, parcel } satisfies Record<string, Template>;

/** Throws an error that lists the names there are. */
export function templateNamed(name: string): Template {
  if (Object.hasOwn(templates, name)) return templates[name as keyof typeof templates];
  throw new Error(`there is no template "${name}": choose one of ${Object.keys(templates).join(', ')}`);
}
