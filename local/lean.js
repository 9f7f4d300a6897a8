import { enableCompileCache } from 'node:module';

/*
 * What has to be said before anything else is loaded. Types are stripped, and code is compiled, by the first start
 * alone; the threads and processes of this one do as it does. In JavaScript, because what strips types takes 130 ms and
 * 16 MB: `npm start` imports this first, and then needs it no more. A thread of esbuild's would stay, with 126 MB.
 */
const { directory } = enableCompileCache();
if (directory) process.env.NODE_COMPILE_CACHE ??= directory;
process.env.ESBUILD_WORKER_THREADS = '0';
