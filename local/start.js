// @ts-check
import './lean.js';

// JavaScript, and the rest only after it: what strips types takes 130 ms and 16 MB, and what is in the cache needs none.
const { environment } = await import('./dot-env.ts');
const { start } = await import('./starting.ts');
await start(environment());
