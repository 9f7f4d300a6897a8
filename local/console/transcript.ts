import { clockTime } from './axis.ts';
import { $, button, element } from './dom.ts';
import { lostWords } from './drawing.ts';
import { type Bar, CUTTER, type Mark, type Picture } from './picture.ts';

/** So many rows at once: a long call is turned over like a book. */
const ROWS = 150;

export interface Transcript {
  show(picture: Picture): void;
  /** Whatever has been added or has ended. */
  update(): void;
  select(moment: number | undefined): void;
}

/**
 * What was said and done, as text. `chosen` hears of the moment that somebody wants to know more
 * of.
 */
export function createTranscript(chosen: (moment: number) => void): Transcript {
  const list = $('transcript');
  const earlier = $('earlier');
  let picture: Picture | undefined;
  let first: number | undefined;
  let moment: number | undefined;

  earlier.onclick = () => {
    first = Math.max(0, (first ?? latest()) - ROWS);
    update();
    list.scrollTop = 0;
  };
  $('latest').onclick = () => {
    first = undefined;
    update();
    list.scrollTop = list.scrollHeight;
  };

  return {
    show(shown) {
      picture = shown;
      first = moment = undefined;
      list.replaceChildren();
      update();
    },
    update,
    select(id) {
      moment = id;
      update();
      list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
    },
  };

  function update() {
    if (!picture) return;
    const rows = rowsOf(picture);
    const from = Math.min(first ?? latest(), Math.max(0, rows.length - 1));
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    earlier.hidden = from === 0;
    $('latest').hidden = first === undefined;
    const shown = rows.slice(from, from + ROWS);
    shown.forEach((row, at) => {
      const key = `${row.id} ${stateOf(row)} ${row.id === moment}`;
      const old = list.children[at] as HTMLElement | undefined;
      if (old?.dataset.key === key) return;
      const node = rowNode(row);
      node.dataset.key = key;
      if (old) old.replaceWith(node);
      else list.append(node);
    });
    while (list.childElementCount > shown.length) list.lastElementChild?.remove();
    if (follows && first === undefined) list.scrollTop = list.scrollHeight;
  }

  function latest() {
    return picture ? Math.max(0, rowsOf(picture).length - ROWS) : 0;
  }

  function rowNode(row: Bar | Mark) {
    const node = element(
      'div',
      `row ${'until_ms' in row ? `said ${row.lane}` : `noted ${row.kind}`}`,
    );
    const open = button('', () => chosen(row.id));
    const at = 'until_ms' in row ? row.from_ms : row.at_ms;
    open.append(element('span', 'at', clockTime(at / 1000)), ...contentOf(row));
    if (row.id === moment) open.setAttribute('aria-current', 'true');
    node.append(open);
    return node;
  }
}

const rowsOf = ({ bars, marks }: Picture): (Bar | Mark)[] =>
  [...bars, ...marks].sort((a, b) => a.id - b.id);

const stateOf = (row: Bar | Mark) =>
  'until_ms' in row ? (row.cut ? 'cut' : row.ended ? 'ended' : 'playing') : '';

function contentOf(row: Bar | Mark): Node[] {
  if (!('until_ms' in row)) {
    const text = row.kind === 'key' ? `The caller presses ${row.text}` : row.text;
    return [element('span', 'words', text)];
  }
  const who = row.lane === 'caller' ? 'Caller' : row.instead ? 'Assistant, instead' : 'Assistant';
  if (!row.cut) return [element('span', 'who', who), element('span', 'words', row.text)];
  const unheard = element('del', '', lostWords(row));
  const words = element(
    'span',
    'words',
    row.cut.heard,
    ' ',
    hidden('(not heard: '),
    unheard,
    hidden(')'),
  );
  return [
    element('span', 'who', who),
    words,
    element('span', 'cut-by', `✂ cut by the ${CUTTER[row.cut.by]}`),
  ];
}

/** For whoever hears the page. */
const hidden = (text: string) => element('span', 'sr', text);
