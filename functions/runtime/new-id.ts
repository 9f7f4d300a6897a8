import { randomBytes } from 'node:crypto';

/** Tells an attempt from every other one of its call. */
export const newId = () => randomBytes(5).toString('base64url');
