import { assetSchema, isNamed } from '../protocol/assets.ts';
import { InvalidValue, parse } from '../protocol/invalid.ts';
import { isObject } from '../protocol/json.ts';
import type { Assets } from '../runtime/assets.ts';
import { InvalidInterruption, MAX_FOLLOW_UPS } from './request.ts';

/**
 * A request with Base64 in place of the names of clips: `{ "asset": "hold-music" }` as `play`, and
 * as `audio` in the actions of `then`. Anything else is left for `parseInterruption`. Rejects with
 * `InvalidInterruption` for a name that is none or of no clip, and with `AssetUnavailable`.
 */
export async function withClips(request: unknown, assets: Assets | undefined): Promise<unknown> {
  if (!isObject(request)) return request;
  const { play, then } = request;
  // More are refused: nothing is loaded for them.
  const few = Array.isArray(then) && then.length <= MAX_FOLLOW_UPS;
  return {
    ...request,
    ...(isObject(play) && { play: await clip(play, 'play') }),
    ...(few && { then: await Promise.all(then.map(followUp)) }),
  };

  async function followUp(action: unknown, index: number): Promise<unknown> {
    if (!isNamed(action)) return action;
    return { ...action, audio: await clip(action.audio, `then.${index}.audio`) };
  }

  async function clip(value: object, path: string): Promise<string> {
    const { asset } = named(value, path);
    const found = await assets?.clip(asset);
    if (found !== undefined) return found;
    const field = `${path}.asset`;
    const known = assets?.names().join(', ') || '(none)';
    const message = `${field} must be a clip in functions/assets (${known}) or in the bucket of the deployment`;
    throw new InvalidInterruption(message, field, { told: `${message}; got "${asset}"` });
  }
}

/**
 * As it was sent: passed on to other invocations, clips are names again, because a bus doesn't
 * carry them.
 */
export const namesIn = (request: unknown): { play?: unknown; then?: unknown[] } => {
  if (!isObject(request)) return {};
  const { play, then } = request;
  return { ...(isObject(play) && { play }), ...(Array.isArray(then) && { then }) };
};

function named(value: object, path: string) {
  try {
    return parse(assetSchema, value, path);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const field = error.field ? `${path}.${error.field}` : path;
    const loggedField = error.loggedField ? `${path}.${error.loggedField}` : path;
    throw new InvalidInterruption(`${path}: ${error.logged}`, field, {
      told: `${path}: ${error.told}`,
      loggedField,
    });
  }
}
