import type { Jobs } from '../../functions/jobs/job.ts';

/** For templates that put nothing off. */
export const noJobs: Jobs = { start: () => Promise.reject(new Error('nobody takes a job')) };
