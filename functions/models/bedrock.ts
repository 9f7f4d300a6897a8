import {
  BedrockRuntimeClient,
  type ContentBlockDeltaEvent,
  type ContentBlockStartEvent,
  type ContentBlockStopEvent,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import {
  type Content,
  type Converse,
  type ConverseRequest,
  inputOf,
  MAX_TOKENS,
  ModelStopped,
  SILENT_MS,
  type ToolSpec,
  type ToolUse,
  type Usage,
} from './model.ts';

interface Parts {
  readonly client: BedrockRuntimeClient;
  /** Of a foundation model, or of an inference profile. */
  readonly modelId: string;
}

/**
 * A model on Amazon Bedrock, by ConverseStream. Throws the SDK's errors, `ThrottlingException`
 * after its own retries, and `ModelStopped` where the answer breaks off.
 */
export function bedrock({ client, modelId }: Parts): Converse {
  return async function* converse(request, signal) {
    const leaving = new AbortController();
    const abortSignal = AbortSignal.any([signal, leaving.signal]);
    try {
      const command = new ConverseStreamCommand({ modelId, ...asked(request) });
      const { stream = [] } = await client.send(command, { abortSignal });
      yield* partsOf(stream as AsyncIterable<ConverseStreamOutput>, signal);
    } finally {
      // Whoever has heard enough reads no further: the model needn't go on.
      leaving.abort();
    }
  };
}

/** In the function's own region, with its own credentials. */
export const bedrockClient = () =>
  new BedrockRuntimeClient({ requestHandler: { requestTimeout: SILENT_MS } });

const asked = ({ system, messages, tools }: ConverseRequest) => ({
  system: [{ text: system }],
  messages: messages.map(({ role, content }) => ({ role, content: content.map(asContent) })),
  ...(tools.length > 0 && { toolConfig: { tools: tools.map(asTool) } }),
  inferenceConfig: { maxTokens: MAX_TOKENS },
});

/**
 * Of JSON Bedrock takes objects alone; the rest is text:
 * https://github.com/sigoden/aichat/pull/1550
 */
function asContent(part: Content) {
  if (!('toolResult' in part)) return part;
  const { toolUseId, content } = part.toolResult;
  const [{ json }] = content;
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  // Nor does it take a text of blanks.
  const text = typeof json === 'string' && json.trim() ? json : JSON.stringify(json);
  return { toolResult: { toolUseId, content: [isObject ? { json } : { text }] } };
}

const asTool = ({ name, description, input }: ToolSpec) => ({
  toolSpec: { name, description, inputSchema: { json: input } },
});

async function* partsOf(
  stream: AsyncIterable<ConverseStreamOutput>,
  signal: AbortSignal,
): AsyncIterable<string | ToolUse | Usage> {
  const blocks = startBlocks();
  let stopped = false;
  for await (const event of stream) {
    signal.throwIfAborted();
    if (event.contentBlockStart) blocks.starts(event.contentBlockStart);
    const text = event.contentBlockDelta && blocks.goesOn(event.contentBlockDelta);
    if (text) yield text;
    const use = event.contentBlockStop && blocks.ends(event.contentBlockStop);
    if (use) yield use;
    if (event.messageStop) stopped = true;
    const { inputTokens: input_tokens = 0, outputTokens: output_tokens = 0 } =
      event.metadata?.usage ?? {};
    if (event.metadata?.usage) yield { input_tokens, output_tokens };
  }
  signal.throwIfAborted();
  if (!stopped) throw new ModelStopped('the answer of the model broke off');
}

/**
 * Tools are asked for in blocks, their input in pieces, and several blocks may be open at once:
 * https://github.com/vercel/ai/pull/3071
 */
function startBlocks() {
  const open = new Map<number | undefined, { toolUseId: string; name: string; input: string }>();
  return {
    starts({ contentBlockIndex, start }: ContentBlockStartEvent) {
      const { toolUseId, name } = start?.toolUse ?? {};
      if (toolUseId && name) open.set(contentBlockIndex, { toolUseId, name, input: '' });
    },
    goesOn({ contentBlockIndex, delta }: ContentBlockDeltaEvent): string | undefined {
      const block = open.get(contentBlockIndex);
      if (block) block.input += delta?.toolUse?.input ?? '';
      return delta?.text;
    },
    ends({ contentBlockIndex }: ContentBlockStopEvent): ToolUse | undefined {
      const block = open.get(contentBlockIndex);
      open.delete(contentBlockIndex);
      return block && { ...block, input: inputOf(block.input) };
    },
  };
}
