import { modelEnv } from '../runtime/env.ts';
import type { Converse } from './model.ts';
import { scripted } from './scripted.ts';

let model: Promise<Converse> | undefined;

/** The model that this function is configured with: one on Bedrock, or a script where there is none. */
export const configuredModel: Converse = async function* converse(request, signal) {
  model ??= chosen();
  yield* (await model)(request, signal);
};

async function chosen(): Promise<Converse> {
  const { bedrockModelId: modelId } = modelEnv();
  if (!modelId) return scripted;
  // Only `job` carries the client, and loads it when it is asked something.
  const { bedrock, bedrockClient } = await import('#bedrock');
  return bedrock({ client: bedrockClient(), modelId });
}
