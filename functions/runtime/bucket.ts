import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { MAX_ASSET_BYTES } from '../protocol/assets.ts';
import type { Clock } from './clock.ts';
import type { Sign } from './sigv4.ts';

/** An object of a bucket, or `undefined` if it isn't there. Throws for anything else. */
export type Bucket = (key: string) => Promise<Buffer | undefined>;

interface Parts {
  /** Without a slash at its end. */
  readonly url: string;
  readonly sign: Sign;
  readonly clock: Clock;
}

const TOTAL_MS = 2_000;

/** Reads from S3 with one signed GET: its client adds 162 KiB to a bundle, which may have 300. */
export function createBucket({ url, sign, clock }: Parts): Bucket {
  return async function read(key) {
    const request = { method: 'GET', url: `${url}/${key}`, headers: {}, body: '' };
    const { status, body } = await get(request.url, await sign(request));
    if (status === 200) return body;
    // S3 says 403 of what isn't there to whom it doesn't let list the bucket.
    if (status === 404 || status === 403) return undefined;
    throw new Error(`S3 answered ${status}: the bucket must be in the region of this function`);
  };

  function get(url: string, headers: Record<string, string>): Promise<{ status: number; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const request = (url.startsWith('https:') ? https : http).get(url, { headers });
      const cancel = clock.after(TOTAL_MS, () => request.destroy(new Error(`S3 gave no answer within ${TOTAL_MS} ms`)));
      const settle = (result: Promise<Buffer>, status = 0) =>
        result
          .then((body) => resolve({ status, body }), reject)
          .finally(() => {
            cancel();
            request.destroy();
          });
      request.on('response', (response) => settle(bodyOf(response), response.statusCode));
      request.on('error', (error) => settle(Promise.reject(error)));
    });
  }
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ASSET_BYTES) throw new Error(`must be at most ${MAX_ASSET_BYTES} bytes: shorten the clip`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
