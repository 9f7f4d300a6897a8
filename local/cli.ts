#!/usr/bin/env node

const USAGE = `ai-flow-lambda start [flow]       the functions and a simulator of AI Flow on this machine
ai-flow-lambda simulator --webhook <url>
                                  the simulator alone, in front of your application
ai-flow-lambda call [flow]        its call as flows/<flow>.call.ts has it, or one of ours

A flow is one of ours by its name, or the path of yours: flows/pizza.ts.
`;

/** What only the commands need, and a deployment doesn't: optional peers of the package. */
const PEERS = ['@aws-sdk/client-dynamodb', '@hono/node-server', 'dynalite', 'hono', 'ws'];

if (!process.features.typescript) {
  console.error(
    `ai-flow-lambda needs Node 22.18 or newer, which reads call flows in TypeScript: this is ${process.version}`,
  );
  process.exit(2);
}

const [command = '', ...rest] = process.argv.slice(2);
const [first, second] = rest;
const webhook = first === '--webhook' ? second : first;
try {
  if (command === 'start') {
    if (first !== undefined) process.env.TEMPLATE = first;
    await import('./start.ts');
  } else if (command === 'simulator' && webhook !== undefined) {
    process.env.WEBHOOK_URL = webhook;
    await import('./start.ts');
  } else if (command === 'call') {
    process.argv.splice(2, 1);
    await import('./call.ts');
  } else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  const missing = missingPeer(error);
  if (missing === undefined) throw error;
  console.error(
    `ai-flow-lambda ${command} needs ${missing}, which is not installed: npm install --save-dev ${PEERS.join(' ')}`,
  );
  process.exitCode = 1;
}

function missingPeer(error: unknown): string | undefined {
  const { code, message = '' } = Object(error) as { code?: unknown; message?: string };
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return PEERS.find((peer) => message.includes(`'${peer}'`) || message.includes(`'${peer}/`));
}
