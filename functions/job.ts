import { createJobHandler } from './jobs/job-handler.ts';
import { mappedPlaces } from './runtime/source-map.ts';
import { interrupting } from './wiring/interrupting.ts';

/**
 * Lambda for slow answers: what a template has put off with `later` in, an interruption with its
 * result out.
 */
export const handler = createJobHandler(interrupting('job', mappedPlaces()));
