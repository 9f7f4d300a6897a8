import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { ORDER, SCENES } from '../../local/scenes.ts';
import { fencedBlocks } from '../support/readme.ts';
import { arnOf, functionNamed, only } from './synthesize.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const doc = read('docs/triggers.md');

/** As in the page: what all recipes have in common, then each under its heading. */
const program = fencedBlocks(doc)
  .filter(({ language }) => language === 'ts')
  .map(({ text }) => text);
const recipes = [...doc.matchAll(/^### (.+)$/gm)].map(([, name]) => String(name));
const rows = [...doc.matchAll(/^\| \[(.+?)\]\(#(.+?)\) \|/gm)].map(([, name, anchor]) => ({
  name: String(name),
  anchor,
}));

let template: Template;

/** The page is one app, in one synth. */
beforeAll(async () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/triggers-'));
  try {
    const file = join(folder, 'triggers.ts');
    writeFileSync(file, [...program, 'export { stack };'].join('\n'));
    const { stack } = (await import(file)) as { stack: Stack };
    template = Template.fromStack(stack);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('docs/triggers.md', () => {
  it('has a recipe of at most ten lines for each row, and a scene that plays its envelope', () => {
    expect(recipes).toEqual(rows.map(({ name }) => name));
    expect(new Set(SCENES.map(({ recipe }) => recipe))).toEqual(new Set(recipes));
    const [, ...blocks] = program;
    expect(blocks).toHaveLength(recipes.length);
    for (const block of blocks) expect(block.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
    for (const { name, anchor } of rows)
      expect(anchor).toBe(
        name
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
  });

  it('leads to files that are there', () => {
    for (const [, file] of doc.matchAll(/\]\((\.\.\/examples\/[^)]+|schemas\/[^)]+)\)/g))
      expect(() => read(join('docs', String(file)))).not.toThrow();
  });
});

describe('what a recipe deploys', () => {
  const now = new Date('2026-11-23T12:00:00Z');
  interface Mapped {
    interruption: object;
    event: Record<string, unknown>;
  }
  const isMapped = (payload: unknown): payload is Mapped => Object(payload).event !== undefined;
  const mapped = (kind: 'rule' | 'pipe') =>
    SCENES.flatMap(({ recipe, payload }) => {
      const sent = payload(now);
      const [of] = [sent].flat();
      return isMapped(of) && Array.isArray(sent) === (kind === 'pipe') ? [{ recipe, ...of }] : [];
    });
  const propertiesOf = (type: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties);

  it.each(mapped('rule'))(
    '$recipe: matches the event, and maps it so',
    ({ interruption, event }) => {
      const rules = propertiesOf('AWS::Events::Rule').filter(({ EventPattern }) =>
        matches(EventPattern, event),
      );
      // The assistant's own, on a bus of its own, takes all.
      expect(rules.flatMap(({ Targets }) => inputOf(Targets[0].InputTransformer))).toContain(
        `{"interruption":${JSON.stringify(interruption)},"event":<aws.events.event.json>}`,
      );
    },
  );

  it.each(mapped('pipe'))('$recipe: maps each message so', ({ interruption }) => {
    expect(
      propertiesOf('AWS::Pipes::Pipe').map(
        ({ TargetParameters }) => TargetParameters.InputTemplate,
      ),
    ).toContain(`{"interruption":${JSON.stringify(interruption)},"event":<aws.pipes.event.json>}`);
  });

  it('IoT rule: sends what it makes to the queue of interruptions', () => {
    const { actions, sql } = payloadOfRule();
    expect(actions).toMatchObject([{ Sqs: { UseBase64: false } }]);
    expect(sql).toMatch(/^SELECT \{'label': concat\('order:', topic\(2\)\)\} AS target/);
  });

  it('each function has the variables that its code reads', () => {
    const examples = propertiesOf('AWS::Lambda::Function').filter(({ Handler }) =>
      /^(signed-in|shipped|delivered|remind|webhook)\./.test(Handler),
    );
    expect(examples).toHaveLength(5);
    for (const { Handler, Runtime, Environment } of examples) {
      const file = Handler.replace('.handler', Runtime.startsWith('python') ? '.py' : '.mjs');
      const text = read(join('examples/lambda', file));
      const named = [...text.matchAll(/(?:environ\["|process\.env\.)(\w+)/g)].map(
        ([, name]) => name,
      );
      expect(Object.keys(Environment.Variables)).toEqual(expect.arrayContaining(named));
    }
  });

  it.each([
    ['of the recipe', () => JSON.parse(definition()), 'Parameters'],
    ['of the example', () => JSON.parse(read('examples/tell-caller.asl.json')), 'Arguments'],
  ])('Step Functions: the state %s sends what is played', (_what, machine, field) => {
    const scene = SCENES.find(({ recipe }) => recipe === 'Step Functions')?.payload(now) as {
      execution: object;
    };
    const { TellCaller } = machine().States;
    expect(evaluated(TellCaller[field].Payload, scene.execution)).toEqual(scene);
    expect(JSON.stringify(TellCaller.Retry)).toContain('"InterruptionFailed"');
  });

  function payloadOfRule() {
    const { TopicRulePayload } = only(template, 'AWS::IoT::TopicRule').properties as {
      TopicRulePayload: { Actions: object[]; Sql: string };
    };
    return { actions: TopicRulePayload.Actions, sql: TopicRulePayload.Sql };
  }

  function definition(): string {
    const { DefinitionString } = only(template, 'AWS::StepFunctions::StateMachine').properties as {
      DefinitionString: { 'Fn::Join': [string, unknown[]] };
    };
    const [, parts] = DefinitionString['Fn::Join'];
    return parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  }
});

describe('a schedule made at run time', () => {
  const role = () => only(template, 'AWS::IAM::Role', trusting('scheduler.amazonaws.com'));
  const group = () => only(template, 'AWS::Scheduler::ScheduleGroup');
  const interrupt = () => arnOf(functionNamed(template, 'interrupt'));
  const deadLetters = () =>
    arnOf(only(template, 'AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 }));
  const remind = () => only(template, 'AWS::Lambda::Function', { Handler: 'remind.handler' });
  const allowed = (roleId: string) =>
    (
      only(template, 'AWS::IAM::Policy', { Roles: [{ Ref: roleId }] }).properties
        .PolicyDocument as { Statement: object[] }
    ).Statement;

  it('may invoke the interrupt function, and leave a dead letter', () => {
    expect(allowed(role().id)).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: interrupt() },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: deadLetters() },
    ]);
  });

  it('is of this account and this group alone', () => {
    const { AssumeRolePolicyDocument } = role().properties as {
      AssumeRolePolicyDocument: { Statement: [{ Condition: object }] };
    };
    expect(AssumeRolePolicyDocument.Statement[0].Condition).toEqual({
      StringEquals: {
        'aws:SourceAccount': { Ref: 'AWS::AccountId' },
        'aws:SourceArn': arnOf(group()),
      },
    });
  });

  it('is created by whoever may, in that group, and passes that role to Scheduler alone', () => {
    expect(allowed(idIn(remind().properties.Role))).toEqual([
      {
        Effect: 'Allow',
        Action: 'scheduler:CreateSchedule',
        Resource: {
          'Fn::Join': ['', expect.arrayContaining([':schedule/', { Ref: group().id }, '/*'])],
        },
      },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: arnOf(role()),
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ]);
  });

  it('finds what it needs in the environment', () => {
    const { Variables } = remind().properties.Environment as {
      Variables: { INTERRUPT_SCHEDULE: { 'Fn::Join': [string, unknown[]] } };
    };
    const [, parts] = Variables.INTERRUPT_SCHEDULE['Fn::Join'];
    const json = parts.map((part) => (typeof part === 'string' ? part : idIn(part))).join('');
    expect(JSON.parse(json)).toEqual({
      GroupName: group().id,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: idIn(interrupt()),
        RoleArn: role().id,
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 },
        DeadLetterConfig: { Arn: idIn(deadLetters()) },
      },
    });
  });
});

const trusting = (Service: string) => ({
  AssumeRolePolicyDocument: { Statement: [{ Principal: { Service } }] },
});

/** The logical id that something refers to. */
const idIn = (reference: unknown): string =>
  String(Object.values(Object(reference) as Record<string, unknown>).flat()[0]);

const inputOf = (transformer: { InputTemplate: string } | undefined) =>
  transformer ? [transformer.InputTemplate] : [];

/** Whether a rule matches an event; what CloudFormation knows later fits. */
function matches(pattern: unknown, value: unknown): boolean {
  return Object.entries(Object(pattern) as object).every(([key, of]) => {
    const inside = Object(value)[key];
    if (!Array.isArray(of)) return matches(of, inside);
    return of.some((one) => typeof one === 'object' || [inside].flat().includes(one));
  });
}

/**
 * A payload as Step Functions makes it of the context: what these two state machines need of
 * JSONPath and JSONata.
 */
function evaluated(value: unknown, context: object): unknown {
  if (value === '{% $states.context %}') return context;
  if (typeof value === 'string' && value.startsWith('{%')) {
    expect(value).toBe("{% 'order:' & $states.input.orderId %}");
    return `order:${ORDER}`;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => {
      if (!key.endsWith('.$')) return [key, evaluated(of, context)];
      expect(['$$', "States.Format('order:{}', $.orderId)"]).toContain(of);
      return [key.slice(0, -2), of === '$$' ? context : `order:${ORDER}`];
    }),
  );
}
