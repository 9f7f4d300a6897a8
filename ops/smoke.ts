import { systemClock } from '../functions/runtime/clock.ts';
import { findStack, readOptions, run } from './command.ts';
import { smoke } from './smoking.ts';

/** `npm run smoke -- --stack NAME [--session ID]`: says in words whether what is deployed works. */
await run(async (args, env) => {
  const { session, ...given } = readOptions(args, { session: { type: 'string' } });
  const stack = await findStack(given, env);
  return smoke(stack, { clock: systemClock, session, print: console.log });
});
