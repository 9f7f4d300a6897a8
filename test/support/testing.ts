/** Calls as tests, `ai-flow-lambda/testing`: a play is performed in memory, in milliseconds. */
export { PlayFailed } from '../../local/perform.ts';
export * from '../../local/play.ts';
export { playCall } from './play-call.ts';
