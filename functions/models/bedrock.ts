import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Converse, ToolSpec, ToolUse } from './model.ts';

interface Parts {
  readonly client: BedrockRuntimeClient;
  /** Of a foundation model, or of an inference profile. */
  readonly modelId: string;
}

/** Nobody listens to more at once. */
const MAX_TOKENS = 500;
/** Without a word, ms. */
const SILENT_MS = 10_000;

/** A model on Amazon Bedrock, by ConverseStream. Throws the SDK's errors, `ThrottlingException` after its own retries. */
export function bedrock({ client, modelId }: Parts): Converse {
  return async function* converse({ system, messages, tools }, signal) {
    const command = new ConverseStreamCommand({
      modelId,
      system: [{ text: system }],
      messages: [...messages],
      ...(tools.length > 0 && { toolConfig: { tools: tools.map(asTool) } }),
      inferenceConfig: { maxTokens: MAX_TOKENS },
    });
    const { stream } = await client.send(command, { abortSignal: signal });
    let use: ToolUse | undefined;
    let input = '';
    for await (const { contentBlockStart, contentBlockDelta, contentBlockStop } of stream ?? []) {
      signal.throwIfAborted();
      const { toolUseId, name } = contentBlockStart?.start?.toolUse ?? {};
      if (toolUseId && name) [use, input] = [{ toolUseId, name, input: {} }, ''];
      const { text, toolUse } = contentBlockDelta?.delta ?? {};
      if (text) yield text;
      input += toolUse?.input ?? '';
      if (!contentBlockStop || !use) continue;
      // A tool without parameters may come without input.
      yield { ...use, input: JSON.parse(input || '{}') };
      use = undefined;
    }
    signal.throwIfAborted();
  };
}

/** In the function's own region, with its own credentials. */
export const bedrockClient = () =>
  new BedrockRuntimeClient({ requestHandler: { requestTimeout: SILENT_MS } });

const asTool = ({ name, description, input }: ToolSpec) => ({
  toolSpec: { name, description, inputSchema: { json: input } },
});
