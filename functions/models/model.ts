import type { Json } from '../call/document.ts';

/**
 * A language model that streams what it says, bit by bit, and the tools that it wants used. Messages are those of
 * Bedrock's Converse API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
export type Converse = (
  request: ConverseRequest,
  signal: AbortSignal,
) => AsyncIterable<string | ToolUse>;

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
