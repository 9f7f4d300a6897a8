import { modelEnv } from '../runtime/env.ts';
import type { Converse } from './model.ts';
import { scripted } from './scripted.ts';

let model: Promise<Converse> | undefined;

/**
 * The model that this function is configured with, on Bedrock or behind a URL; or a script where
 * there is none.
 */
export const configuredModel: Converse = async function* converse(request, signal) {
  model ??= chosen();
  yield* (await model)(request, signal);
};

// Only `job` carries what asks a model, and loads it when it is asked something.
async function chosen(): Promise<Converse> {
  const { bedrockModelId: modelId, url, ...settings } = modelEnv();
  if (url) return (await import('#model-server')).modelAt({ url, ...settings });
  if (!modelId) return scripted;
  const { bedrock, bedrockClient } = await import('#bedrock');
  return bedrock({ client: bedrockClient(), modelId });
}
