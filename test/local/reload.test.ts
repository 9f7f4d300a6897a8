import { expect, it } from 'vitest';
import { createReload, problemIn } from '../../local/reload.ts';
import { manualClock } from '../support/manual-clock.ts';

function reloading() {
  const clock = manualClock();
  const notices: (string | undefined)[] = [];
  const loaded: string[] = [];
  const state = { problem: undefined as unknown, builds: 0 };
  const lambda = {
    start: async () => {},
    invoke: async () => ({ id: '', payload: '' }),
    stop: async () => {},
    reload: async (bundle: string) => void loaded.push(bundle),
  };
  const { changed } = createReload({
    functions: { webhook: lambda },
    async build() {
      if (state.problem) throw state.problem;
      state.builds++;
      return `out-${state.builds}`;
    },
    clock,
    notice: ({ text }) => notices.push(text),
    log: () => {},
  });
  return { clock, notices, loaded, state, changed };
}

it('builds once for what is saved together, and loads it', async () => {
  const { clock, loaded, notices, changed } = reloading();
  changed('functions/a.ts');
  await clock.advance(50);
  changed('functions/b.ts');
  await clock.advance(100);
  expect(loaded).toEqual(['out-1/webhook/index.cjs']);
  expect(notices).toEqual([undefined]);
});

it('says with its line what does not build, keeps the old one, and takes it back', async () => {
  const { clock, loaded, notices, state, changed } = reloading();
  const location = { file: 'functions/a.ts', line: 3, column: 4, lineText: ' x = ;' };
  state.problem = Object.assign(new Error('Build failed'), {
    errors: [{ text: 'Unexpected ";"', location }],
  });
  changed('functions/a.ts');
  await clock.advance(100);
  expect(loaded).toEqual([]);
  expect(notices[0]).toContain('functions/a.ts:3:5: Unexpected ";"\n  x = ;');
  state.problem = undefined;
  changed('functions/a.ts');
  await clock.advance(100);
  expect(loaded).toEqual(['out-1/webhook/index.cjs']);
  expect(notices.at(-1)).toBeUndefined();
});

it('names the file of the author for what does not load', () => {
  const cause = new Error('fallbak is not a field');
  cause.stack = 'at functions/assistant/template.ts:230:9\n at functions/templates/pizza.ts:4:16';
  expect(problemIn(new Error('fallbak is not a field', { cause }))).toBe(
    'functions/templates/pizza.ts:4: fallbak is not a field',
  );
});
