import { expect, test } from 'vitest';
import { templateNamed } from '../../functions/templates/index.ts';
import { loadPlay, shippedPlays } from '../../local/plays.ts';
import { failureIn, NAMES, waysIn } from './in-weather.ts';
import { MARKS } from './marks.ts';
import { ownPlays } from './own-plays.ts';

/*
 * Every play that ships in `local/calls`, and some more, in every weather that leaves what is to be heard as it is, over
 * every way to the call. What doesn't hold is in `marks.ts` with its reason; a mark that isn't needed any more fails.
 */

const shipped = await Promise.all(
  // What `npm run new` copies would fail where the original does, and have no marks.
  shippedPlays().map(async (name) => {
    const file = await loadPlay(name);
    return { name, ...file, template: templateNamed(file.template) };
  }),
);
const plays = [...shipped, ...ownPlays.map((own) => ({ ...own, call: {} }))];
const cells = plays.flatMap((file) =>
  NAMES.flatMap((weather) =>
    waysIn(weather, file.name).map((way) => ({
      ...file,
      weather,
      way,
      cell: `${file.name}/${weather}/${way}`,
    })),
  ),
);

const marks = (mark: string, cell: string) => cell === mark || cell.startsWith(`${mark}/`);

const reasonOf = (cell: string) =>
  Object.entries(MARKS).find(([, marked]) => marked.some((mark) => marks(mark, cell)))?.[0];

test.each(cells.map((each) => [each.cell, each] as const))('%s', async (cell, each) => {
  const failure = await failureIn(each);
  if (failure === undefined)
    expect(reasonOf(cell), `${cell} holds: take its mark away`).toBe(failure);
  else expect(reasonOf(cell), failure).toBeDefined();
});

test('every mark is a cell, or a play in a weather', () => {
  for (const mark of Object.values(MARKS).flat()) {
    expect(cells.find(({ cell }) => marks(mark, cell)) && mark).toBe(mark);
  }
});
