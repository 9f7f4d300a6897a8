import { MAX_ASSET_BYTES } from '../protocol/assets.ts';
import type { Clock } from './clock.ts';
import { Failure } from './errors.ts';
import { createExchange } from './exchange.ts';
import type { Sign } from './sigv4.ts';

/** An object of a bucket, or `undefined` if it isn't there. Throws for anything else. */
export type Bucket = (key: string) => Promise<Buffer | undefined>;

interface Parts {
  /** Without a slash at its end. */
  readonly url: string;
  readonly sign: Sign;
  readonly clock: Clock;
}

const LIMITS = { connect_ms: 500, total_ms: 1_500, max_bytes: MAX_ASSET_BYTES };

/** Reads from S3 with one signed GET: its client adds 162 KiB to a bundle, which may have 300. */
export function createBucket({ url, sign, clock }: Parts): Bucket {
  const exchange = createExchange({ peer: 'S3', clock, ...LIMITS });

  return async function read(key) {
    const request = { method: 'GET', url: `${url}/${key}`, headers: {}, body: '' };
    // Clips are read once: a connection that was kept could only break, and there is no second try.
    const headers = { ...(await sign(request)), connection: 'close' };
    const { status, body } = await exchange({ ...request, headers });
    if (status === 200) return body;
    // S3 says 403 of what isn't there to whom it doesn't let list the bucket.
    if (status === 404 || status === 403) return undefined;
    throw new Failure(`S3 answered ${status}: the bucket must be in the region of this function`);
  };
}
