import type { Json } from '../call/document.ts';
import type { Content, Converse, Message } from './model.ts';

interface Line {
  readonly when: RegExp;
  says?(asked: { match: RegExpExecArray; heard: string }): string;
  /** The tool that it wants used, and what with. */
  uses?(match: RegExpExecArray): { name: string; input: Json };
}

/** What it answers to; the first line that fits. */
const SCRIPT: readonly Line[] = [
  { when: /\d{4,}/, uses: ([order]) => ({ name: 'look_up_order', input: { order } }) },
  {
    when: /\b(person|human)\b/i,
    says: () => 'I will put you through.',
    uses: () => use('hand_over'),
  },
  {
    when: /\b(good ?bye|bye)\b/i,
    says: () => 'Goodbye, and thank you for calling.',
    uses: () => use('hang_up'),
  },
  // In German the call flow has the words.
  { when: /\b(mensch|mitarbeiter)/i, uses: () => use('hand_over') },
  { when: /\b(tschüss|auf wiederhören)/i, uses: () => use('hang_up') },
  { when: /\brepeat\b/i, says: ({ heard }) => `The last you heard was: "${heard}"` },
  {
    when: /./,
    says: () =>
      'I am only a script. I stand in for a language model: set bedrockModelId to talk to one.',
  },
];

/**
 * Stands in for a language model where there is none, on your machine and in tests: always says the
 * same.
 */
export const scripted: Converse = async function* converse({ messages }) {
  const result = messages.at(-1)?.content.find((part) => 'toolResult' in part);
  if (result && 'toolResult' in result)
    return yield* inPieces(wordsIn(result.toolResult.content[0].json));
  const asked = lastTextOf(messages.at(-1));
  const heard = lastTextOf(messages.findLast(({ role }) => role === 'assistant'));
  for (const { when, says, uses } of SCRIPT) {
    const match = when.exec(asked);
    if (!match) continue;
    if (says) yield* inPieces(says({ match, heard }));
    if (uses) yield { toolUseId: `use-${messages.length}`, ...uses(match) };
    return;
  }
};

/** What a tool tells, as far as it is words; a model would find its own. */
function wordsIn(json: Json): string {
  if (typeof json !== 'object' || json === null) return String(json);
  if ('error' in json) return 'I can’t look that up right now.';
  return Object.values(json).map(wordsIn).join(' ');
}

const use = (name: string) => ({ name, input: {} });

const lastTextOf = (message: Message | undefined) =>
  (message?.content ?? []).flatMap(textsOf).at(-1) ?? '';
const textsOf = (part: Content) => ('text' in part ? [part.text] : []);

/** As models stream: a piece is no word, and no sentence. */
async function* inPieces(text: string): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}
