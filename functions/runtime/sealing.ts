import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';

/** Keeps what nobody may read in a row: sealed under a key of its call. */
export interface Sealing {
  /**
   * AES-GCM. `name` seals one text in a call: with the same name only the same text may be sealed
   * again.
   */
  seal(name: string, text: string): string;
  /** Throws what can't be opened. */
  open(name: string, sealed: string): string;
  /** Recognises a text without telling it to whoever could try all texts. */
  print(text: string): string;
}

/** Secrets that are accepted now, the newest first. */
export type Secrets = () => Promise<readonly string[]>;

const TAG_BYTES = 12;
const ALGORITHM = 'aes-128-gcm';

/**
 * Seals with the newest secret, and opens with any: one may change while somebody enters digits.
 * Rejects without one.
 */
export async function sealingFor(
  session_id: string,
  secrets: Secrets = async () => [],
): Promise<Sealing> {
  const keys = (await secrets()).map((secret) => keyFrom(secret, session_id));
  const [newest] = keys;
  if (!newest) throw new Error('digits need a secret to be sealed with: WEBHOOK_TOKEN is not set');
  return {
    seal: (name, text) => sealed(newest, name, text),
    open: (name, sealed) => firstThatOpens(keys, name, sealed),
    print: (text) => createHmac('sha256', newest).update(text).digest('base64url').slice(0, 8),
  };
}

const keyFrom = (secret: string, session_id: string) =>
  Buffer.from(hkdfSync('sha256', secret, session_id, 'ai-flow-lambda digits', 16));

/** Its own for each name; the key is that of the call alone. */
const nonceOf = (name: string) => createHash('sha256').update(name).digest().subarray(0, 12);

function sealed(key: Buffer, name: string, text: string): string {
  const cipher = createCipheriv(ALGORITHM, key, nonceOf(name), { authTagLength: TAG_BYTES });
  const bytes = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(bytes).toString('base64url');
}

function firstThatOpens(keys: readonly Buffer[], name: string, text: string): string {
  let failure: unknown;
  for (const key of keys) {
    try {
      return opened(key, name, Buffer.from(text, 'base64url'));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function opened(key: Buffer, name: string, bytes: Buffer): string {
  const decipher = createDecipheriv(ALGORITHM, key, nonceOf(name), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
