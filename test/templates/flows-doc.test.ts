import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveMapping } from '../../functions/interruption/mapping.ts';
import { templateNamed, templates } from '../../functions/templates/index.ts';
import {
  assistantMixes,
  assistantSays,
  callerHangsUp,
  callerSays,
  type Interruption,
  type Play,
  type Step,
  triggered,
} from '../../local/play.ts';
import { loadPlay } from '../../local/plays.ts';
import { playCall } from '../support/play-call.ts';

/* What the documents say of each flow that ships: what it costs, what to change, which events interrupt it. */

const ROOT = join(import.meta.dirname, '../..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const names = Object.keys(templates);
const NO_FLOWS_TO_DEPLOY = ['conversation', 'starter'];
const flows = names.filter((name) => !NO_FLOWS_TO_DEPLOY.includes(name));

describe('docs/templates.md', () => {
  const rows = [
    ...text('docs/templates.md').matchAll(
      /^\| \[([\w-]+)\]\(\.\.\/functions\/templates\/\1\.ts\) \|.*\| (\d+) requests, (\d+) writes \| \$(\d\.\d\d) \|$/gm,
    ),
  ].map(([, name, ...figures]) => [name as string, figures.map(Number)] as const);

  it('has a row for each', () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(names.toSorted());
  });

  it.each(rows)(
    'knows what a call of %s costs',
    async (name, [requests = 0, writes = 0, dollars]) => {
      const { play, template, call } = await loadPlay(name);
      const { cost } = await playCall(templateNamed(template), play, call);
      const now = cost();
      // A tenth more or less is no news.
      expect(Math.abs(now.requests - requests), JSON.stringify(now)).toBeLessThanOrEqual(
        requests / 10,
      );
      expect(Math.abs(now.writes - writes), JSON.stringify(now)).toBeLessThanOrEqual(writes / 10);
      expect(requests * 0.0033 + writes * 0.00071).toBeCloseTo(Number(dollars), 2);
    },
  );
});

describe.each(flows)('the first ten lines of %s', (name) => {
  const source = text(`functions/templates/${name}.ts`);
  const [head = ''] = /^\/\*[\s\S]*? \*\//.exec(source) ?? [];

  it('say what it is, what to change, and what to set', () => {
    expect(head.split('\n').length).toBeLessThanOrEqual(10);
    expect(head).toMatch(/^ \* Change {3}`/m);
    expect(head).toMatch(/^ \* Set {6}/m);
  });

  it('name what is there', () => {
    const [, changes = ''] = /Change([\s\S]*?)\n \* Set/.exec(head) ?? [];
    const rest = source.slice(head.length);
    for (const [, constant] of changes.matchAll(/`(\w+)`/g)) expect(rest).toContain(constant);
    const { env = [], secrets = [] } = templateNamed(name);
    for (const declared of [...env, ...secrets]) expect(head).toContain(declared.replace('?', ''));
  });

  it('and its copy needs nothing to be tried', () => {
    const { env = [], secrets = [] } = templateNamed(name);
    for (const declared of [...env, ...secrets]) expect(declared).toMatch(/\?$/);
    const standIn = join(ROOT, `local/stand-ins/${name}.ts`);
    expect(existsSync(standIn)).toBe(env.length > 0);
  });
});

/** A call up to where the event of the documents comes, and what is heard then. */
const SCENES: Record<string, { before: Play; then: readonly Step[]; at?: string }[]> = {
  receptionist: [
    { before: [assistantSays('bicycle shop')], then: [assistantSays('Anna is joining now.')] },
  ],
  appointment: [
    {
      at: '2026-11-25T12:00:00Z',
      before: [
        assistantSays('Welcome'),
        callerSays('I need an appointment'),
        assistantSays('On which day'),
        callerSays('Next Tuesday at eleven'),
        assistantSays('One moment, please.'),
        assistantSays('is free. Shall I book it?'),
      ],
      then: [assistantSays('This has just become free:')],
    },
  ],
  'order-status': [
    {
      before: [
        assistantSays('recorded'),
        assistantSays('order number?'),
        callerSays('4711'),
        assistantSays('One moment'),
        assistantSays('is packed'),
      ],
      then: [assistantSays('Good news! Order 4711 has left our warehouse')],
    },
  ],
  hotline: [
    { then: [assistantMixes('stop'), assistantSays('Anna is free now')] },
    { then: [assistantSays('You are number 2')] },
  ].map(({ then }) => ({
    before: [assistantMixes('start'), assistantSays('Welcome'), assistantSays('You are number 3')],
    then,
  })),
  announcement: [
    {
      before: [assistantSays('may be recorded'), assistantMixes('start'), assistantSays('news')],
      then: [assistantMixes('stop'), assistantSays('The bridge is open.')],
    },
  ],
  emergency: [
    {
      before: [assistantSays('information line')],
      then: [assistantSays('Gas is leaking at Market Street.')],
    },
  ],
  'self-correction': [
    {
      before: [
        assistantSays('Where are you going'),
        callerSays('I need the train to Berlin'),
        assistantSays('platform 2'),
      ],
      then: [assistantSays('platform 12')],
    },
  ],
};

describe('docs/flows.md', () => {
  const doc = text('docs/flows.md');
  const rows = [...doc.matchAll(/^\| ([\w-]+) \| `(\{.*\})` \| `(\{.*\})` \|$/gm)].map(
    ([, name, detail, mapping]) => ({
      name: name as string,
      detail: JSON.parse(detail as string) as object,
      mapping: JSON.parse(mapping as string) as object,
    }),
  );
  const nth = new Map<string, number>();
  const scenes = rows.map((row) => {
    const at = nth.get(row.name) ?? 0;
    nth.set(row.name, at + 1);
    return { ...row, scene: SCENES[row.name]?.[at] };
  });

  it('has a scene here for each event, and a line of CDK for each flow', () => {
    expect(rows.length).toBe(Object.values(SCENES).flat().length);
    for (const name of flows) expect(doc).toContain(`{ template: '${name}'`);
  });

  it.each(scenes)('$name hears of $detail', async ({ name, detail, mapping, scene }) => {
    const { before = [], then = [], at } = scene ?? {};
    const event = { id: 'event-1', time: '2026-11-23T12:00:00Z', detail };
    const { request, unresolved } = resolveMapping({ interruption: mapping, event });
    expect(unresolved).toBeUndefined();
    const play = [...before, triggered(request as Interruption), ...then];
    const { timeline } = await playCall(
      templateNamed(name),
      [...play, { ...callerHangsUp(), share: 0.5 }, HUNG_UP],
      at === undefined ? {} : { at },
    );
    expect(timeline().filter(({ kind }) => kind === 'error')).toEqual([]);
  });
});

const HUNG_UP: Step = {
  line: 'cut by the hangup',
  matches: ({ kind }) => kind === 'playback_interrupted',
};
