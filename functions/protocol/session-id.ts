import * as z from 'zod/mini';

/**
 * `session.id`: the documents show UUIDs and `session-123`; it travels in URLs and keys, so nothing
 * else passes.
 */
export const sessionIdSchema = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be 1–128 characters of letters, digits and . _ : -'),
  );
