import type { Outcome } from '../call/outcome.ts';
import { AssetUnavailable } from '../runtime/assets.ts';
import { RequestError } from '../runtime/errors.ts';
import { type Interruption, InvalidInterruption } from './request.ts';

/** What the sender is told. Throws what is no fault of the request. */
export function refusalOf(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof AssetUnavailable)
    return new RequestError(503, 'asset_unavailable', error.message);
  if (!(error instanceof InvalidInterruption)) throw error;
  return new RequestError(400, 'invalid_interruption', error.told, { field: error.field });
}

const SKIPPED_STATUS: { readonly [reason: string]: number } = {
  unknown_session: 404,
  session_ended: 410,
  duplicate: 200,
  cancelled: 200,
};

function statusOf(outcome: Outcome | undefined): number {
  switch (outcome?.outcome) {
    case 'deferred':
    // Passed on: it has none yet.
    case undefined:
      return 202;
    case 'skipped':
      return SKIPPED_STATUS[outcome.reason ?? ''] ?? 409;
    case 'failed':
      return outcome.error?.code === 'invalid_context' ? 400 : 502;
    default:
      return 200;
  }
}

/** What came of an interruption, as a status. */
export function statusFor({ target }: Interruption, outcomes: readonly Outcome[]): number {
  if ('session_id' in target) return statusOf(outcomes[0]);
  const isVain = outcomes.length > 0 && outcomes.every(({ outcome }) => outcome === 'failed');
  return isVain ? Math.max(...outcomes.map(statusOf)) : 200;
}
