import { refused } from '../delivery/attempts.ts';
import { createAuthorizedPost } from '../delivery/authorized-post.ts';
import type { Undelivered } from '../delivery/channel.ts';
import type { Post } from '../delivery/post.ts';
import type { Clock } from '../runtime/clock.ts';

/** What became of a call: `placed` says that AI Flow dials, not that anybody has picked up. */
export type Placement = { readonly status: 'placed' } | Undelivered;

/** Places a call; `to` is digits without `+`. Never throws for what AI Flow or the network does. */
export type PlaceCall = (call: { readonly to: string }) => Promise<Placement>;

interface Parts {
  /** `https://api.sipgate.com`. */
  readonly baseUrl: string;
  readonly aiFlowId: string;
  /** The suffix that sipgate gives out with the permission to call, such as `e2`. */
  readonly billingDevice: string;
  /** The bearer token; `fresh` reads it again. */
  readonly token: (fresh?: boolean) => Promise<string>;
  readonly post: Post;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

/** Nobody waits on the line yet, and an answer that isn't waited for is a call in doubt. */
export const PATIENCE = { connect_ms: 1_000, total_ms: 8_000 };

/** No repetition starts after it. */
const RETRY_MS = 8_000;

/**
 * Lets an AI Flow call a telephone. A call that may have been placed is never placed again.
 * Source: https://sipgate.github.io/sipgate-ai-flow-api/api/guides/outbound-calls.html
 */
export function createPlaceCall({ baseUrl, aiFlowId, billingDevice, ...parts }: Parts): PlaceCall {
  const url = `${baseUrl}/v3/ai-flows/${encodeURIComponent(aiFlowId)}/call`;
  const remedy = 'check the token, and whether sipgate has released outbound calls for the account';
  const { send } = createAuthorizedPost({
    ...parts,
    authHeader: 'Authorization',
    authScheme: 'Bearer',
    judge,
    remedy,
  });

  return ({ to }) => {
    const body = JSON.stringify({ billingDevice, toPhoneNumber: to });
    return send({ method: 'POST', url, body }, parts.clock.now() + RETRY_MS);
  };
}

function judge(status: number): Placement | undefined {
  // 201 is documented; after any other success a telephone may ring just as well.
  if (status >= 200 && status < 300) return { status: 'placed' };
  if (status === 400)
    return refused('refused', 'AI Flow answered 400: give the flow a phone number', false);
  if (status === 404)
    return refused('refused', 'AI Flow answered 404: there is no flow with this aiFlowId', false);
  return undefined;
}
