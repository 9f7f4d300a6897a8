import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type arnOf, functionNamed, only, synthesize } from './synthesize.ts';

const FUNCTIONS = ['webhook', 'websocket', 'interrupt', 'job'] as const;

/** What each function may do on Bedrock. */
function allowed(template: ReturnType<typeof synthesize>, name: (typeof FUNCTIONS)[number]) {
  const [role] = (functionNamed(template, name).properties.Role as ReturnType<typeof arnOf>)[
    'Fn::GetAtt'
  ];
  const { PolicyDocument } = only(template, 'AWS::IAM::Policy', {
    Roles: [{ Ref: role }],
  }).properties;
  const { Statement } = PolicyDocument as { Statement: { Action: unknown }[] };
  return Statement.filter(({ Action }) => JSON.stringify(Action).includes('bedrock:'));
}

const allow = (Resource: object, Condition?: object) => ({
  Effect: 'Allow',
  Action: 'bedrock:InvokeModelWithResponseStream',
  Resource,
  ...(Condition && { Condition }),
});
const arn = (...parts: unknown[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...parts]],
});
const REGION = { Ref: 'AWS::Region' };
const PROFILE = arn(
  ':bedrock:',
  REGION,
  ':',
  { Ref: 'AWS::AccountId' },
  ':inference-profile/eu.amazon.nova-lite-v1:0',
);

describe('a language model', () => {
  it('is asked by job alone, and no other one', () => {
    const template = synthesize({ bedrockModelId: 'amazon.nova-lite-v1:0' });
    expect(FUNCTIONS.map((name) => allowed(template, name))).toEqual([
      [],
      [],
      [],
      [allow(arn(':bedrock:', REGION, '::foundation-model/amazon.nova-lite-v1:0'))],
    ]);
    for (const name of FUNCTIONS) {
      const { Variables } = functionNamed(template, name).properties.Environment as {
        Variables: object;
      };
      expect(Object.entries(Variables).filter(([key]) => key === 'BEDROCK_MODEL_ID')).toEqual(
        name === 'job' ? [['BEDROCK_MODEL_ID', 'amazon.nova-lite-v1:0']] : [],
      );
    }
  });

  it.each(['eu', 'global', 'us-gov', 'apac'])(
    'by a profile of %s, is asked in other regions by that profile only',
    (geo) => {
      const template = synthesize({ bedrockModelId: `${geo}.amazon.nova-lite-v1:0` });
      const profile = JSON.parse(JSON.stringify(PROFILE).replace('eu.amazon', `${geo}.amazon`));
      expect(allowed(template, 'job')).toEqual([
        allow(profile),
        allow(arn(':bedrock:*::foundation-model/amazon.nova-lite-v1:0'), {
          StringEquals: { 'bedrock:InferenceProfileArn': profile },
        }),
      ]);
    },
  );

  it('is no profile because its name has dots, or its maker is short', () => {
    for (const bedrockModelId of ['deepseek.v3.2', 'zai.glm-4.6', 'ai21.jamba-1-5-mini-v1:0']) {
      expect(allowed(synthesize({ bedrockModelId }), 'job')).toEqual([
        allow(arn(':bedrock:', REGION, `::foundation-model/${bedrockModelId}`)),
      ]);
    }
  });

  it('is nobody that a stack without one asks for', () => {
    const template = synthesize();
    expect(FUNCTIONS.flatMap((name) => allowed(template, name))).toEqual([]);
  });

  it('behind a URL is asked by job alone, with a key that only it may read', () => {
    const modelServer = { url: 'https://api.openai.com/v1', model: 'gpt-4o-mini' };
    const template = synthesize({ modelServer, modelPrices: '0.15,0.6' });
    const key = only(template, 'AWS::SecretsManager::Secret', {
      Description: Match.stringLikeRegexp('^Key for the server'),
    });
    for (const name of FUNCTIONS) {
      const { Variables } = functionNamed(template, name).properties.Environment as {
        Variables: object;
      };
      const own = Object.fromEntries(
        Object.entries(Variables).filter(([variable]) => variable.startsWith('MODEL')),
      );
      const told = {
        MODEL_URL: modelServer.url,
        MODEL: modelServer.model,
        MODEL_KEY_SECRET_ID: { Ref: key.id },
        MODEL_PRICES: '0.15,0.6',
      };
      expect(own).toEqual(name === 'job' ? told : {});
    }
    const readers = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
      JSON.stringify(policy).includes(`"${key.id}"`),
    );
    expect(readers).toHaveLength(1);
    expect(JSON.stringify(readers)).toContain('secretsmanager:GetSecretValue');
    template.hasOutput('ModelKeyCommand', {});
  });

  it('takes a secret that there is for its key, and hands it to nobody else', () => {
    const modelServer = { url: 'https://api.openai.com/v1', model: 'gpt-4o-mini' };
    const template = synthesize({ modelServer, secrets: { MODEL_KEY: 'openai/key' } });
    const told = FUNCTIONS.map((name) => {
      const { Variables } = functionNamed(template, name).properties.Environment as {
        Variables: Record<string, string>;
      };
      return Variables.MODEL_KEY_SECRET_ID;
    });
    expect(told).toEqual([undefined, undefined, undefined, 'openai/key']);
    const readers = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
      JSON.stringify(policy).includes('openai/key-??????'),
    );
    expect(readers).toHaveLength(1);
    expect(Object.keys(template.findOutputs('ModelKeyCommand'))).toEqual([]);
  });

  it('has no key without a server that wants one', () => {
    expect(() => synthesize({ secrets: { MODEL_KEY: 'openai/key' } })).toThrow(
      'no chosen call flow declares it',
    );
  });
});
