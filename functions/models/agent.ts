import { randomUUID } from 'node:crypto';
import type { Content, Converse, Message, ToolUse, Usage } from './model.ts';
import { sentencesOf } from './sentences.ts';
import { specsOf, type Tools, type Used, use } from './tools.ts';

export type { Tool, ToolContext, Tools } from './tools.ts';

export interface Asked {
  readonly converse: Converse;
  readonly system: string;
  readonly messages: readonly Message[];
  /** Nothing else can be used, whatever the model or the caller says. */
  readonly tools: Tools;
  /**
   * What a voice says for what the model has written: see `spoken/`. By default as it is written.
   */
  readonly spoken?: (sentence: string) => string;
  /**
   * Names the turn, among all of all calls: what changes something elsewhere is done once by it.
   */
  readonly key?: string;
  /** ms since 1970. */
  readonly now?: () => number;
  /** Told once, whatever came of it. */
  readonly report?: (spent: Spent) => void;
}

/** What an answer took. */
export interface Spent extends Usage {
  /** How often the model was asked. */
  readonly rounds: number;
  /** In order. */
  readonly tools: readonly Omit<Used, 'result'>[];
  readonly sentences: number;
  readonly characters: number;
  /** Until the first sentence was there; missing if there was none. */
  readonly first_ms?: number;
  readonly ms: number;
}

/** So often a model may ask for tools in one answer. */
const MAX_ROUNDS = 5;
/**
 * A minute and a half; and no more sentences than wait for each other in a call, so that a job
 * needn't.
 */
const MAX_CHARACTERS = 1_500;
const MAX_SENTENCES = 16;

/**
 * What a model answers, sentence by sentence, using tools in between. Throws what the model throws,
 * and where there is nothing to be heard, unless a tool that has nothing to tell has done what was
 * asked. What goes wrong with a tool the model is told. An answer that doesn't end is ended.
 */
export async function* answer(asked: Asked, signal: AbortSignal): AsyncGenerator<string> {
  const { tools, key = randomUUID(), now = Date.now, report } = asked;
  const spent = startMeter(now);
  const messages = [...asked.messages];
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const content: Content[] = [];
      for await (const sentence of sentencesIn({ ...asked, messages }, spent, content, signal)) {
        spent.said(sentence);
        yield sentence;
        if (spent.isEnough()) return;
      }
      const uses = content.flatMap((part) => ('toolUse' in part ? [part.toolUse] : []));
      if (uses.length === 0 && spent.isSilent()) throw new Error('the model has said nothing');
      if (uses.length === 0) return;
      const used = await Promise.all(uses.map((one) => use(one, { tools, key, now }, signal)));
      spent.used(used);
      if (used.every(({ result }) => !result)) return;
      messages.push({ role: 'assistant', content }, { role: 'user', content: told(uses, used) });
    }
    throw new Error(`the model asked for tools ${MAX_ROUNDS} times in one answer`);
  } finally {
    report?.(spent.total());
  }
}

/**
 * What a model is told of the tools that it has used; of one that has nothing to tell, that it is
 * done.
 */
const told = (uses: readonly ToolUse[], used: readonly Used[]): Content[] =>
  uses.map(({ toolUseId }, n) => ({
    toolResult: used[n]?.result ?? { toolUseId, content: [{ json: 'done' }] },
  }));

/** The model failed after something was done elsewhere: asked again once, it knows of that. */
async function* sentencesIn(
  asked: Asked & { readonly messages: readonly Message[] },
  spent: Meter,
  content: Content[],
  signal: AbortSignal,
): AsyncIterable<string> {
  const isFirst = asked.messages.every(({ content }) => content.every((part) => 'text' in part));
  for (let attempt = isFirst ? 2 : 1; ; attempt++) {
    let began = false;
    try {
      for await (const sentence of sentencesOf(piecesOf(asked, spent, content, signal))) {
        const spoken = (asked.spoken ?? asIs)(sentence).trim();
        if (!spoken) continue;
        began = true;
        yield spoken;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (began || attempt > 1) throw error;
      content.length = 0;
    }
  }
}

const asIs = (sentence: string) => sentence;

/** The words of what comes; `content` takes all of it. */
async function* piecesOf(
  { converse, system, messages, tools }: Asked,
  spent: Meter,
  content: Content[],
  signal: AbortSignal,
): AsyncIterable<string> {
  let text = '';
  const uses: Content[] = [];
  spent.asked();
  for await (const part of converse({ system, messages, tools: specsOf(tools) }, signal)) {
    if (typeof part === 'string') {
      text += part;
      yield part;
    } else if ('toolUseId' in part) uses.push({ toolUse: part });
    else spent.counted(part);
  }
  // Bedrock refuses a text of blanks.
  if (text.trim()) content.push({ text });
  content.push(...uses);
}

type Meter = ReturnType<typeof startMeter>;

function startMeter(now: () => number) {
  const began = now();
  const tools: Omit<Used, 'result'>[] = [];
  let [rounds, sentences, characters, input_tokens, output_tokens] = [0, 0, 0, 0, 0];
  let first_ms: number | undefined;
  return {
    asked: () => void rounds++,
    counted(usage: Usage) {
      input_tokens += usage.input_tokens;
      output_tokens += usage.output_tokens;
    },
    said(sentence: string) {
      first_ms ??= now() - began;
      sentences++;
      characters += sentence.length;
    },
    used: (used: readonly Used[]) =>
      void tools.push(...used.map(({ result: _told, ...one }) => one)),
    isSilent: () => sentences === 0,
    isEnough: () => characters >= MAX_CHARACTERS || sentences >= MAX_SENTENCES,
    total: (): Spent => ({
      rounds,
      tools,
      sentences,
      characters,
      input_tokens,
      output_tokens,
      ...(first_ms !== undefined && { first_ms }),
      ms: now() - began,
    }),
  };
}
