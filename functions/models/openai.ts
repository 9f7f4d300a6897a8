import type { Json } from '../call/document.ts';
import {
  type Converse,
  type ConverseRequest,
  inputOf,
  MAX_TOKENS,
  type Message,
  ModelStopped,
  type ToolSpec,
  type ToolUse,
  type Usage,
} from './model.ts';
import { eventsIn } from './server-sent-events.ts';
import type { Stream } from './stream.ts';

interface Parts {
  /** Up to `/chat/completions`: `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  readonly model: string;
  /**
   * What stands behind `Bearer`; empty for a server that asks for none. `fresh` after it was
   * refused.
   */
  readonly key: (fresh?: boolean) => Promise<string>;
  readonly stream: Stream;
  /** More of the request, or others: `{ "temperature": 0.2 }`. `null` takes one of ours away. */
  readonly parameters?: Readonly<Record<string, Json>>;
}

/** A model refused to answer. `code` is its own word for it, if it is one. */
export class ModelRefused extends Error {
  override readonly name = 'ModelRefused';
  readonly status: number;
  readonly expose = true;

  constructor(status: number, code?: string) {
    super(`the model answered ${status}${code ? `: ${code}` : ''}`);
    this.status = status;
  }
}

/**
 * A model that speaks OpenAI's protocol for chat completions, as a stream: many providers do, and
 * servers on your own machine. Throws {@link ModelRefused}, `ModelStopped` where the answer breaks
 * off, and what the network throws. Source:
 * https://platform.openai.com/docs/api-reference/chat/streaming
 */
export function openAi({ url, model, key, stream, parameters = {} }: Parts): Converse {
  return async function* converse(request, signal) {
    const body = JSON.stringify(asked(model, request, parameters));
    const answer = await answered(body, signal);
    if (answer.status !== 200) throw await refusal(answer.status, answer.texts);
    yield* partsOf(eventsIn(answer.texts), signal);
  };

  /** A key that was changed is read again, once. */
  async function answered(body: string, signal: AbortSignal) {
    const send = async (fresh: boolean) => {
      const secret = await key(fresh);
      const headers = {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(secret && { authorization: `Bearer ${secret}` }),
      };
      return stream({ url: `${url.replace(/\/+$/, '')}/chat/completions`, headers, body }, signal);
    };
    const answer = await send(false);
    return answer.status === 401 ? send(true) : answer;
  }
}

function asked(
  model: string,
  { system, messages, tools }: ConverseRequest,
  parameters: Readonly<Record<string, Json>>,
) {
  const whole = {
    model,
    messages: [{ role: 'system', content: system }, ...messages.flatMap(asMessages)],
    ...(tools.length > 0 && { tools: tools.map(asTool) }),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: MAX_TOKENS,
    ...parameters,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
}

const asTool = ({ name, description, input }: ToolSpec) => ({
  type: 'function',
  function: { name, description, parameters: input },
});

/** Results of tools are messages of their own, and come first. */
function asMessages({ role, content }: Message): object[] {
  const text = content.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n');
  const calls = content.flatMap((part) => ('toolUse' in part ? [asCall(part.toolUse)] : []));
  const results = content.flatMap((part) =>
    'toolResult' in part
      ? [
          {
            role: 'tool',
            tool_call_id: part.toolResult.toolUseId,
            content: JSON.stringify(part.toolResult.content[0].json),
          },
        ]
      : [],
  );
  if (calls.length > 0) return [{ role, content: text || null, tool_calls: calls }];
  return text ? [...results, { role, content: text }] : results;
}

const asCall = ({ toolUseId, name, input }: ToolUse) => ({
  id: toolUseId,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
});

/** What is read of a chunk. */
interface Chunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly tool_calls?: readonly CallPiece[] | null;
    };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: { readonly code?: unknown; readonly type?: unknown };
}

/**
 * Of a call's pieces only the first has all of it; servers write what isn't there as nothing, or as
 * `null`.
 */
interface CallPiece {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null } | null;
}

async function* partsOf(
  events: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncIterable<string | ToolUse | Usage> {
  const calls = startCalls();
  const answered = startAnswer();
  let isWhole = false;
  for await (const data of events) {
    signal.throwIfAborted();
    // Some say it and leave the connection open.
    if (data === '[DONE]') {
      isWhole = true;
      break;
    }
    const { choices, usage, error } = chunkIn(data);
    if (error) throw new ModelRefused(200, codeOf(error));
    const { delta, finish_reason } = choices?.[0] ?? {};
    const words = answered(delta?.content ?? '');
    if (words) yield words;
    delta?.tool_calls?.forEach(calls.goOn);
    isWhole ||= Boolean(finish_reason);
    if (usage) yield usageOf(usage);
  }
  signal.throwIfAborted();
  if (!isWhole) throw new ModelStopped('the answer of the model broke off');
  yield* calls.all();
}

const THINKS = '<think>';
const HAS_THOUGHT = '</think>';

/**
 * Gives what is to be heard of each piece: some servers hand over what a model thinks before it
 * answers.
 */
function startAnswer(): (piece: string) => string {
  let before: string | undefined = '';
  return (piece) => {
    if (before === undefined) return piece;
    before += piece;
    const begun = before.trimStart();
    const isThought = begun.startsWith(THINKS);
    const end = isThought ? begun.indexOf(HAS_THOUGHT) : -1;
    if (isThought ? end < 0 : THINKS.startsWith(begun)) return '';
    const words = isThought ? begun.slice(end + HAS_THOUGHT.length).trimStart() : before;
    before = undefined;
    return words;
  };
}

function chunkIn(data: string): Chunk {
  try {
    return (JSON.parse(data) as Chunk | null) ?? {};
  } catch (error) {
    throw new ModelStopped('the answer of the model could not be read', { cause: error });
  }
}

const usageOf = ({ prompt_tokens = 0, completion_tokens = 0 }: NonNullable<Chunk['usage']>) => ({
  input_tokens: prompt_tokens,
  output_tokens: completion_tokens,
});

/**
 * Calls come in pieces, of several in turn; their arguments are JSON only once all of it is there.
 * They are told apart by their index, and by their id where a server gives all of them the same
 * one: https://github.com/BerriAI/litellm/pull/21337
 */
function startCalls() {
  const calls: { index: number | undefined; id: string; name: string; written: string }[] = [];
  return {
    goOn({ index, id, function: piece }: CallPiece) {
      const name = piece?.name ?? '';
      const known = calls.findLast((call) => index == null || call.index === index);
      // Who gives no index begins a call by its id, or else by its name.
      const begins = id ? known?.id !== id : index == null && name !== '';
      const call =
        known && !begins ? known : { index: index ?? undefined, id: id ?? '', name, written: '' };
      if (call !== known) calls.push(call);
      call.written += piece?.arguments ?? '';
    },
    all: (): ToolUse[] =>
      calls
        .filter(({ name }) => name)
        .map(({ id, name, written }, n) => ({
          toolUseId: id || `call-${n}`,
          name,
          input: inputOf(written),
        })),
  };
}

/** The model's own word for what is wrong; its sentences may repeat what was said. */
async function refusal(status: number, texts: AsyncIterable<string>): Promise<ModelRefused> {
  let body = '';
  for await (const text of texts) {
    body += text;
    if (body.length > MAX_REFUSAL) break;
  }
  try {
    return new ModelRefused(status, codeOf(JSON.parse(body).error));
  } catch {
    return new ModelRefused(status);
  }
}
const MAX_REFUSAL = 16_000;

function codeOf({ code, type }: NonNullable<Chunk['error']>): string | undefined {
  const word = [code, type].find((one) => typeof one === 'string' || typeof one === 'number');
  return word !== undefined && /^[\w.-]{1,64}$/.test(String(word)) ? String(word) : undefined;
}
