import type { Json } from '../call/document.ts';
import type { Content, Converse, Message, ToolResult, ToolSpec, ToolUse } from './model.ts';
import { sentencesOf } from './sentences.ts';

/** Something that a model may do. */
export interface Tool {
  readonly description: string;
  /** A JSON schema, if there is something to tell. */
  readonly input?: Json;
  /** What the model is told; nothing, if there is nothing left for it to say. `input` is the model's: check it. */
  run(input: Json): Promise<Json | void>;
}

interface Asked {
  readonly converse: Converse;
  readonly system: string;
  readonly messages: readonly Message[];
  /** By name. */
  readonly tools: Readonly<Record<string, Tool>>;
}

/** So often a model may ask for tools in one answer. */
const MAX_ROUNDS = 5;

/**
 * What a model answers, sentence by sentence, using tools in between. Throws what they, and the model, throw; and where
 * there is nothing to be heard, unless a tool that has nothing to tell has done what was asked.
 */
export async function* answer({ converse, system, messages, tools }: Asked, signal: AbortSignal) {
  const specs = Object.entries(tools).map(([name, tool]) => specOf(name, tool));
  const all = [...messages];
  let isSilent = true;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const content: Content[] = [];
    for await (const sentence of sentencesOf(
      spoken(converse({ system, messages: all, tools: specs }, signal), content),
    )) {
      if (!sentence.trim()) continue;
      isSilent = false;
      yield sentence.trim();
    }
    const uses = content.flatMap((part) => ('toolUse' in part ? [part.toolUse] : []));
    const results = await Promise.all(uses.map((use) => used(use, tools)));
    const told = results.filter((result) => result !== undefined);
    if (told.length < uses.length) return;
    if (uses.length === 0 && isSilent) throw new Error('the model has said nothing');
    if (uses.length === 0) return;
    all.push(
      { role: 'assistant', content },
      { role: 'user', content: told.map((toolResult) => ({ toolResult })) },
    );
  }
  throw new Error(`the model asked for tools ${MAX_ROUNDS} times in one answer`);
}

const specOf = (name: string, { description, input = NOTHING }: Tool): ToolSpec => ({
  name,
  description,
  input,
});
const NOTHING = { type: 'object', properties: {} };

/** The words of what comes; `content` takes all of it. */
async function* spoken(
  parts: AsyncIterable<string | ToolUse>,
  content: Content[],
): AsyncIterable<string> {
  let text = '';
  const uses: Content[] = [];
  for await (const part of parts) {
    if (typeof part !== 'string') uses.push({ toolUse: part });
    else {
      text += part;
      yield part;
    }
  }
  // Bedrock refuses a text of blanks.
  if (text.trim()) content.push({ text });
  content.push(...uses);
}

async function used(
  { toolUseId, name, input }: ToolUse,
  tools: Asked['tools'],
): Promise<ToolResult | undefined> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (!tool) throw new Error(`the model asked for a tool that there is not: ${name}`);
  const json = await tool.run(input);
  return json === undefined ? undefined : { toolUseId, content: [{ json }] };
}
