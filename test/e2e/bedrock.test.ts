import { expect, onTestFinished, test } from 'vitest';
import { bedrockServer } from '../support/bedrock-server.ts';
import { placeCall, startLocal, until } from '../support/local-runtime.ts';

const said = (text: string) => ({ contentBlockDelta: { delta: { text }, contentBlockIndex: 0 } });

test('the deployed bundle of job asks a model on Bedrock, and says what it answers', async () => {
  const bedrock = await bedrockServer([said('It has left. '), said('It weighs 3.5 kg.'), 'hang']);
  onTestFinished(bedrock.stop);
  const runtime = await startLocal({
    TEMPLATE: 'llm-agent',
    BEDROCK_MODEL_ID: 'amazon.nova-lite-v1:0',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    AWS_ACCESS_KEY_ID: 'mine',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  onTestFinished(async () => void (await runtime.stop()));
  const call = await placeCall(runtime.url, { speed: 4 });
  const isGreeted = async () =>
    JSON.stringify(await call.timeline()).includes('"assistant_speech_ended"');
  await until(isGreeted, 'the end of the greeting');
  await call.says('Where is it?');
  // The model isn't done yet. Its hold is heard only where its first words take longer.
  const isTold = async () => JSON.stringify(await call.timeline()).includes('It has left.');
  await until(isTold, 'the first sentence', 10_000);
  await until(async () => bedrock.asked.length === 1, 'a question', 5_000);
  expect(bedrock.asked[0]).toMatchObject({
    path: '/model/amazon.nova-lite-v1:0/converse-stream',
    headers: { authorization: expect.stringContaining('Credential=mine/') },
    body: {
      messages: [
        { role: 'user' },
        { role: 'assistant' },
        { role: 'user', content: [{ text: 'Where is it?' }] },
      ],
    },
  });
  await call.hangsUp();
});
