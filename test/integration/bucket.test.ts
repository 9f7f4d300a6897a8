import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { assetsFrom } from '../../functions/runtime/assets.ts';
import { createBucket } from '../../functions/runtime/bucket.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { awsServices } from '../support/aws-service.ts';
import { manualClock } from '../support/manual-clock.ts';
import { wav } from '../support/wav.ts';

const service = awsServices();
const s3 = async (answer: RequestListener) => `${(await service(answer)).url}/clips`;

const clip = Buffer.from(wav(2_000), 'base64');
const bucketAt = (url: string, clock = systemClock) =>
  createBucket({ url, sign: async ({ headers }) => headers, clock });

describe('a bucket', () => {
  it('is asked for the object with the signature of the function', async () => {
    const seen: (string | undefined)[] = [];
    const url = await s3(({ method, url, headers }, response) => {
      seen.push(
        method,
        url,
        headers.authorization,
        headers.host,
        headers['x-amz-security-token'] as string,
      );
      response.end(clip);
    });
    const settings = { bucketUrl: url, region: 'eu-central-1' };
    expect(await assetsFrom(settings, systemClock).clip('intro')).toBe(clip.toString('base64'));
    expect(seen).toEqual([
      'GET',
      '/clips/intro.wav',
      expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/s3\/aws4_request, /,
      ),
      new URL(url).host,
      'TOKEN',
    ]);
  });

  it('has a connection of its own for each clip', async () => {
    const connections: (string | undefined)[] = [];
    const url = await s3(({ headers }, response) => {
      connections.push(headers.connection);
      response.end(clip);
    });
    await bucketAt(url)('intro.wav');
    expect(connections).toEqual(['close']);
  });

  it('leaves no timer behind', async () => {
    const clock = manualClock();
    expect(
      await bucketAt(await s3((_request, response) => response.end(clip)), clock)('intro.wav'),
    ).toEqual(clip);
    expect(clock.next()).toBeUndefined();
  });

  it.each([403, 404])('that answers %d has no such object', async (status) => {
    const url = await s3((_request, response) => response.writeHead(status).end('<Error/>'));
    expect(await bucketAt(url)('intro.wav')).toBeUndefined();
  });

  it.each([301, 400, 500, 503])('that answers %d is an error', async (status) => {
    const url = await s3((_request, response) => response.writeHead(status).end('<Error/>'));
    await expect(bucketAt(url)('intro.wav')).rejects.toThrow(`S3 answered ${status}`);
  });

  it('is an error when nobody listens, and when the answer breaks off', async () => {
    const url = await s3((_request, response) => {
      response.writeHead(200, { 'content-length': clip.length });
      response.write(clip.subarray(0, 1000), () => response.destroy());
    });
    await expect(bucketAt(url)('intro.wav')).rejects.toThrow();
    await expect(bucketAt('http://127.0.0.1:1/clips')('intro.wav')).rejects.toThrow('ECONNREFUSED');
  });

  it('is read no further than a clip may be long', async () => {
    let sent = 0;
    const url = await s3((_request, response) => {
      const more = () => {
        for (let room = true; room && sent < 64; sent++)
          room = response.write(Buffer.alloc(1024 * 1024));
        if (sent === 64) response.end();
      };
      response.on('drain', more);
      more();
    });
    await expect(bucketAt(url)('intro.wav')).rejects.toThrow('must be at most 4194304 bytes');
    expect(sent).toBeLessThan(64);
  });

  it('is waited for no longer than 1.5 s, also when it has begun to answer', async () => {
    const clock = {
      ...systemClock,
      after: (ms: number, late: () => void) => systemClock.after(ms / 20, late),
    };
    for (const begin of [false, true]) {
      const url = await s3((_request, response) => {
        if (begin) response.writeHead(200).write(clip.subarray(0, 100));
      });
      await expect(bucketAt(url, clock)('intro.wav')).rejects.toThrow(
        'S3 gave no answer within 1500 ms',
      );
    }
  });
});
