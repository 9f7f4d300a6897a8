import type { Message } from './model.ts';

/** As `session.history` has it. */
interface Heard {
  readonly role: 'caller' | 'assistant';
  readonly text: string;
  readonly cut?: true;
}

/** Of a conversation, as a model counts them, about; the question itself is never left out. */
const MAX_TOKENS = 2_000;
/** Of what a caller says at once. */
const MAX_QUESTION = 2_000;

/**
 * A conversation as a model must be told it: the caller first, then in turns, the newest that fits
 * into `max_tokens`. Of a sentence that was cut it only knows what was heard, so it repeats what
 * was not. What stands in brackets is ours: the caller has none.
 */
export function messagesOf(
  history: readonly Heard[],
  question: string,
  max_tokens = MAX_TOKENS,
): Message[] {
  const asked = { role: 'caller' as const, text: question.slice(0, MAX_QUESTION) };
  const messages: Message[] = [];
  for (const entry of [...newest(history, max_tokens), asked]) {
    const from = entry.role === 'caller' ? 'user' : 'assistant';
    if (messages.length === 0 && from === 'assistant')
      messages.push({ role: 'user', content: [{ text: CALLS }] });
    const content = { text: told(entry) };
    const last = messages.at(-1);
    if (last?.role === from) last.content.push(content);
    else messages.push({ role: from, content: [content] });
  }
  return messages;
}

const CALLS = '[The caller is on the line.]';
const CUT = '[The caller heard no more than that.]';

function told({ role, text, cut }: Heard): string {
  // No model takes a message without words.
  if (role === 'caller') return text.replace(/[[\]]/g, '').trim() || SILENT;
  return cut ? `${text} ${CUT}` : text;
}
const SILENT = '[The caller said nothing that was understood.]';

function newest(history: readonly Heard[], max_tokens: number): readonly Heard[] {
  let tokens = 0;
  const tooOld = history.findLastIndex(({ text }) => {
    tokens += tokensIn(text);
    return tokens > max_tokens;
  });
  return history.slice(tooOld + 1);
}

/**
 * As models count, about: a token is four letters of an alphabet, and no more than one sign of
 * another script.
 */
const tokensIn = (text: string): number => {
  const letters = text.match(/[\p{Script=Latin}\s\d\p{P}]/gu)?.length ?? 0;
  return Math.ceil(letters / 4) + (text.length - letters) + 4;
};
