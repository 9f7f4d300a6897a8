import { randomBytes } from 'node:crypto';
import { fromEventBridge, isEventBridge } from '../interruption/envelopes.ts';
import type { Log } from '../runtime/log.ts';
import type { PlaceCall } from './place-call.ts';
import { type CallRequest, InvalidCall, parseCall } from './request.ts';

/**
 * What came of a call. `error.code`: `unreachable`, `refused`, `in_doubt`, `secret_unavailable`,
 * `store_unavailable`.
 */
export type CallReply =
  | { readonly outcome: 'placed' }
  /** The same `id` has been called before, or may have been. */
  | { readonly outcome: 'skipped'; readonly reason: 'duplicate' }
  | { readonly outcome: 'failed'; readonly error: CallError };

interface CallError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** The right to place a call, once for each `id`; `owner` is that of this attempt. */
export interface CallClaims {
  claim(id: string, owner: string): Promise<boolean>;
  /** Gives it back after a definite failure. */
  release(id: string, owner: string): Promise<void>;
}

export interface CallHandlerParts {
  readonly placeCall: PlaceCall;
  readonly claims: CallClaims;
  readonly log: Log;
}

/** An asynchronous source has nobody to tell: what failed becomes a dead letter. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly expose = true;
}

/**
 * A request to call somebody in, what came of it out. EventBridge gets no reply, but an error for a
 * call that failed.
 */
export function createCallHandler({ placeCall, claims, log }: CallHandlerParts) {
  return async function handle(
    event: unknown,
    { awsRequestId }: { readonly awsRequestId: string },
  ) {
    if (!isEventBridge(event)) return reply(event, awsRequestId);
    const { request, id } = fromEventBridge(event);
    const told = await reply(request, id);
    if (told.outcome === 'failed')
      throw new CallFailed(`${told.error.code}: ${told.error.message}`);
    return told;
  };

  async function reply(request: unknown, defaultId: string): Promise<CallReply> {
    const call = read(request, defaultId);
    const told = await callOnce(call);
    const { outcome, ...fields } = told;
    log[outcome === 'failed' ? 'error' : 'info'](`call_${outcome}`, {
      call_id: call.id,
      ...fields,
    });
    return told;
  }

  function read(request: unknown, defaultId: string): CallRequest {
    try {
      return parseCall(request, defaultId);
    } catch (error) {
      if (error instanceof InvalidCall)
        log.warn('refused', { call_id: defaultId, field: error.loggedField });
      throw error;
    }
  }

  async function callOnce({ to, id }: CallRequest): Promise<CallReply> {
    // Of this attempt: Lambda repeats an invocation that crashed under the same request id, and a
    // telephone may ring.
    const owner = randomBytes(9).toString('base64url');
    try {
      if (!(await claims.claim(id, owner))) return { outcome: 'skipped', reason: 'duplicate' };
    } catch (error) {
      log.error('store_unavailable', { call_id: id, error });
      // It may have been written: nobody was called, so the retry must find it free.
      await release(id, owner);
      return failed('store_unavailable', 'the call could not be claimed', true);
    }
    const placement = await placeCall({ to });
    switch (placement.status) {
      case 'placed':
        return { outcome: 'placed' };
      case 'refused':
        await release(id, owner);
        return failed(placement.code, placement.message, placement.retryable);
      case 'in_doubt':
        return failed('in_doubt', placement.message, false);
    }
  }

  async function release(id: string, owner: string): Promise<void> {
    await claims.release(id, owner).catch((error: unknown) => {
      log.error('release_failed', { call_id: id, error });
    });
  }
}

const failed = (code: string, message: string, retryable: boolean): CallReply => ({
  outcome: 'failed',
  error: { code, message, retryable },
});
