import type { BargeInConfig } from '../../functions/protocol/index.ts';
import { BARGE_IN_DEFAULTS } from './behaviour.ts';

/**
 * Whether a caller who says `text` cuts off what has been playing for `played_ms`, by that item's
 * own `barge_in`.
 */
export function callerCuts(config: BargeInConfig, text: string, played_ms: number): boolean {
  const strategy = config.strategy ?? BARGE_IN_DEFAULTS.strategy;
  if (strategy === 'none' || strategy === 'manual') return false;
  if (played_ms < (config.allow_after_ms ?? BARGE_IN_DEFAULTS.allow_after_ms)) return false;
  return (
    strategy === 'immediate' ||
    text.length > (config.minimum_characters ?? BARGE_IN_DEFAULTS.minimum_characters)
  );
}

/** Whether their voice does, before any of their words is known. */
export const callerVoiceCuts = (config: BargeInConfig, played_ms: number): boolean =>
  config.strategy === 'immediate' && callerCuts(config, '', played_ms);
