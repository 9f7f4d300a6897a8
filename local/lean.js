import { enableCompileCache } from 'node:module';

/*
 * What has to be said before anything else is loaded. Types are stripped, and code is compiled, by the first start
 * alone; the threads and processes of this one do as it does. A thread that esbuild
 * builds in at one go would stay, and its service with it: 126 MB.
 */
const { directory } = enableCompileCache();
if (directory) process.env.NODE_COMPILE_CACHE ??= directory;
process.env.ESBUILD_WORKER_THREADS = '0';
