import { randomUUID } from 'node:crypto';

/**
 * Tells an attempt from every other one of its call. Node draws the randomness of 128 UUIDs at a
 * time; their end is nothing but that.
 */
export const newId = () => Buffer.from(randomUUID().slice(-10), 'hex').toString('base64url');
