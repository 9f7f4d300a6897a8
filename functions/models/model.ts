import type { Json } from '../call/document.ts';

/**
 * A language model that streams what it says, bit by bit, the tools that it wants used, and what it
 * has counted. Messages are those of Bedrock's Converse API:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
export type Converse = (
  request: ConverseRequest,
  signal: AbortSignal,
) => AsyncIterable<string | ToolUse | Usage>;

/** Tokens, as the model counts them. */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
}

export interface ConverseRequest {
  readonly system: string;
  /** The caller's first and last; between them the roles alternate. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: Content[];
}

export type Content =
  | { readonly text: string }
  | { readonly toolUse: ToolUse }
  | { readonly toolResult: ToolResult };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** A JSON schema. */
  readonly input: Json;
}

export interface ToolUse {
  readonly toolUseId: string;
  readonly name: string;
  /** Whatever the model has made of the schema: check it before use. */
  readonly input: Json;
}

export interface ToolResult {
  readonly toolUseId: string;
  readonly content: [{ readonly json: Json }];
}

/** Of an answer: nobody listens to more at once. */
export const MAX_TOKENS = 500;
/** Without a word, a model is given up after so long, ms. */
export const SILENT_MS = 10_000;

/** An answer that broke off, and may be asked for again. */
export class ModelStopped extends Error {
  override readonly name = 'ModelStopped';
  readonly expose = true;
}

/**
 * What a tool is asked with, as a model has written it; what can't be read goes back to the model
 * that wrote it.
 */
export function inputOf(written: string): Json {
  try {
    // A tool without parameters may come without input.
    const input = JSON.parse(written || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {}
  return { unreadable: written };
}
