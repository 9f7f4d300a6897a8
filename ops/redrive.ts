import { systemClock } from '../functions/runtime/clock.ts';
import { findStack, Problem, readOptions, run } from './command.ts';
import { redrive } from './redriving.ts';

/**
 * `npm run redrive -- --stack NAME [--send]`: shows the dead letters of a stack, and puts
 * interruptions back.
 */
await run(async (args, env) => {
  const { send = false, ...given } = readOptions(args, { send: { type: 'boolean' } });
  const { aws, outputs } = await findStack(given, env);
  const { DeadLettersUrl, InterruptionQueueUrl } = outputs;
  if (!DeadLettersUrl || !InterruptionQueueUrl)
    throw new Problem('the stack has no output DeadLettersUrl: deploy this version first');
  const parts = { call: aws.json('sqs'), clock: systemClock, print: console.log };
  await redrive(send, {
    ...parts,
    deadLetters: DeadLettersUrl,
    interruptions: InterruptionQueueUrl,
    bus: outputs.InterruptionBusName,
  });
  return true;
});
