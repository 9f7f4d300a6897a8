import type { Message } from './model.ts';

/** As `session.history` has it. */
interface Heard {
  readonly role: 'caller' | 'assistant';
  readonly text: string;
  readonly cut?: true;
}

/**
 * A conversation as a model must be told it: the caller first, then in turns. Of a sentence that was cut it only knows
 * what was heard, so it repeats what was not.
 */
export function messagesOf(history: readonly Heard[], question: string): Message[] {
  const messages: Message[] = [];
  for (const { role, text, cut } of [
    ...history,
    { role: 'caller' as const, text: question, cut: undefined },
  ]) {
    const from = role === 'caller' ? 'user' : 'assistant';
    if (messages.length === 0 && from === 'assistant')
      messages.push({ role: 'user', content: [{ text: CALLS }] });
    const content = { text: cut ? `${text} ${CUT}` : text };
    const last = messages.at(-1);
    if (last?.role === from) last.content.push(content);
    else messages.push({ role: from, content: [content] });
  }
  return messages;
}

const CALLS = '[The caller is on the line.]';
const CUT = '[The caller heard no more than that.]';
