import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { defaultProvider } from './env-credentials.ts';

/** A request that is to be signed as a whole. */
export interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Gives the headers of a request with its AWS signature among them. */
export type Sign = (request: Unsigned) => Promise<Record<string, string>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
export type CredentialProvider = () => Promise<Credentials>;

/** Signs for a service of AWS, with the credentials of this function unless told otherwise: a whole client is 30 KB. */
export function signFor(
  service: string,
  region: string,
  now: () => number,
  credentials: Credentials | CredentialProvider = defaultProvider(),
): Sign {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });

  return async function sign({ method, url, headers, body }) {
    const { protocol, hostname, host, pathname } = new URL(url);
    const request = {
      method,
      protocol,
      hostname,
      path: pathname,
      query: {},
      headers: { ...headers, host },
      body,
    };
    return (await signer.sign(request, { signingDate: new Date(now()) })).headers;
  };
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** Node's own SHA-256, as the signer wants to see it. */
class Sha256 {
  readonly #key: Bytes | undefined;
  #hash: Hash | Hmac;

  constructor(key?: Bytes) {
    this.#key = key;
    this.#hash = started(key);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = started(this.#key);
  }
}

const started = (key: Bytes | undefined) =>
  key === undefined ? createHash('sha256') : createHmac('sha256', asBuffer(key));

const asBuffer = (data: Bytes) =>
  typeof data === 'string' || data instanceof ArrayBuffer
    ? Buffer.from(data as string)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
