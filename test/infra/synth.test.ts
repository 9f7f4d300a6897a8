import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface PluginReport {
  pluginName: string;
  conclusion: string;
  violations: unknown[];
  suppressedViolations?: { acknowledgedId: string; reason: string }[];
}

let home: string;
let proxy: Server;
let outgoing = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'synth-'));
  proxy = createServer((socket) => {
    outgoing++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  proxy.close();
  await rm(home, { recursive: true });
});

/** The real command, with no AWS account at hand and a network that leads nowhere. */
function synth(...options: string[]): Promise<{ code: unknown; output: string }> {
  const address = proxy.address();
  const url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
  };
  const args = [
    'node_modules/aws-cdk/bin/cdk',
    'synth',
    '--quiet',
    '--output',
    join(home, 'cdk.out'),
    ...options,
  ];
  return new Promise((resolve) =>
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: (stdout + stderr).trim() }),
    ),
  );
}

describe('cdk synth', () => {
  it('has nothing to say, and calls nobody', async () => {
    expect(await synth()).toEqual({ code: 0, output: '' });
    expect(outgoing).toBe(0);
  });

  it('leaves no finding but those that are acknowledged, each with its reason', async () => {
    const context = [
      'externalApiUrl=https://api.example.com/sessions/{session_id}/actions',
      'assetsBucket=clips',
      'bucketAssets=intro',
      'bedrockModelId=eu.amazon.nova-lite-v1:0',
      'aiFlowId=flow-1',
      'billingDevice=e2',
      'alarmTopic=arn:aws:sns:eu-central-1:123456789012:on-call',
    ];
    const everything = context.flatMap((pair) => ['-c', pair]);
    expect(await synth(...everything)).toEqual({ code: 0, output: '' });
    const { pluginReports } = JSON.parse(
      await readFile(join(home, 'cdk.out/validation-report.json'), 'utf8'),
    );
    const reports = pluginReports as PluginReport[];
    expect(reports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
    const acknowledged = reports.flatMap(({ suppressedViolations }) => suppressedViolations ?? []);
    expect(acknowledged.map(({ acknowledgedId }) => acknowledgedId).sort()).toEqual([
      'AwsSolutions::AwsSolutions-APIG1', // access logs of a WebSocket API take a role of the account
      'AwsSolutions::AwsSolutions-APIG4', // AI Flow sends a token, which the function checks
      'AwsSolutions::AwsSolutions-APIG4', // the same for the routes of the WebSocket API
      'AwsSolutions::AwsSolutions-DDB3', // nothing to restore: items expire
      'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/amazon.nova-lite-v1:0]', // wherever the profile leads
      ...Array(2).fill(
        expect.stringMatching(/^AwsSolutions::AwsSolutions-IAM5\[.*connections\/\*\]$/),
      ), // to send on any connection there is
      ...Array(4).fill(
        'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::clips/*.wav]',
      ), // clips of that bucket
      'AwsSolutions::AwsSolutions-SMG4', // the webhook token's other copy is typed in by hand
      'AwsSolutions::AwsSolutions-SMG4', // the external API's token comes from AI Flow
      'AwsSolutions::AwsSolutions-SMG4', // so does the token for outbound calls
    ]);
    for (const { reason } of acknowledged) expect(reason.length).toBeGreaterThan(40);
  });

  it.each([
    ['could not work', 'template=fax', /^context key "template" is "fax": name a call flow/],
    ['lacks what its call flow needs', 'template=local/new/flow.ts', /needs SHOP_URL, too/],
  ])('refuses a configuration that %s, in one sentence', async (_what, pair, sentence) => {
    const { code, output } = await synth('-c', pair);
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain('throw ');
  });
});
