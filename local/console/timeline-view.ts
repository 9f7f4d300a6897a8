import { fitted, msOf, ticks, type View, xOf, zoomed } from './axis.ts';
import { $, element } from './dom.ts';
import { type Piece, piecesOf } from './drawing.ts';
import { createPicture, type Picture } from './picture.ts';
import type { Interruption } from './waits.ts';

export interface TimelineView {
  /** Another call. */
  show(picture: Picture): void;
  /** `now_ms`: since the call was placed; live calls are followed. */
  draw(now_ms: number, interruptions: readonly Interruption[], live: boolean): void;
  /** Marks a moment and brings it into the window. */
  select(moment: number | undefined): void;
}

const ZOOM = 1.5;
/** At first: a sentence can be read. */
const PX_PER_S = 64;
/** As much of the window lies behind the present moment. */
const AHEAD = 0.3;

/** Two lanes on a time axis. `chosen` hears of the moment that somebody wants to know more of. */
export function createTimelineView(chosen: (moment: number) => void): TimelineView {
  const scroller = $('scroller');
  const track = $('track');
  const layer = element('div', 'layer');
  const axis = element('div', 'axis');
  const present = element('div', 'present');
  track.append(layer, axis, present);
  const nodes = new Map<string, HTMLElement>();
  let picture = createPicture();
  let interruptions: readonly Interruption[] = [];
  let view: View = { from_ms: 0, px_per_s: PX_PER_S, width: 600 };
  let now = 0;
  let follows = true;
  let moment: number | undefined;
  /** Our own scrolling is no wish to look elsewhere. */
  let scrolledTo = 0;

  scroller.addEventListener('scroll', () => {
    if (Math.abs(scroller.scrollLeft - scrolledTo) > 2) follows = isAtEnd();
    redraw();
  });
  scroller.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(
        event.deltaY < 0 ? ZOOM : 1 / ZOOM,
        event.clientX - scroller.getBoundingClientRect().left,
      );
    },
    { passive: false },
  );
  scroller.addEventListener('keydown', (event) => {
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  new ResizeObserver(redraw).observe(scroller);
  layer.addEventListener('click', ({ target }) => {
    const { moment: id } =
      (target as HTMLElement).closest<HTMLElement>('[data-moment]')?.dataset ?? {};
    if (id !== undefined) chosen(Number(id));
  });
  const KEYS: Record<string, () => void> = {
    '+': () => zoom(ZOOM),
    '-': () => zoom(1 / ZOOM),
    '0': fit,
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
  };
  $('zoom-in').onclick = () => zoom(ZOOM);
  $('zoom-out').onclick = () => zoom(1 / ZOOM);
  $('zoom-fit').onclick = fit;

  return {
    show(shown) {
      picture = shown;
      follows = true;
      view = { ...view, px_per_s: PX_PER_S, from_ms: 0 };
      for (const node of nodes.values()) node.remove();
      nodes.clear();
    },
    draw(now_ms, waits, live) {
      [now, interruptions] = [now_ms, waits];
      present.hidden = !live;
      redraw();
    },
    select(id) {
      moment = id;
      const piece = id === undefined ? undefined : picture.bars.find((bar) => bar.id === id);
      if (piece) reveal(piece.from_ms);
      redraw();
    },
  };

  function step(by: 1 | -1) {
    const ids = picture.bars.map(({ id }) => id);
    const at = moment === undefined ? ids.length - (by < 0 ? 0 : 1) : ids.indexOf(moment);
    const next = ids[at + by];
    if (next !== undefined) chosen(next);
  }

  function zoom(factor: number, x = view.width / 2) {
    view = zoomed(view, factor, x);
    scrollTo(view.from_ms);
    redraw();
  }

  function fit() {
    view = fitted(view, Math.max(picture.end_ms(), now));
    scrollTo(0);
    redraw();
  }

  function reveal(at_ms: number) {
    const x = xOf(at_ms, view);
    if (x >= scroller.scrollLeft && x <= scroller.scrollLeft + view.width - 80) return;
    follows = false;
    scrollTo(Math.max(0, at_ms - msOf(view.width / 4, view)));
  }

  function scrollTo(at_ms: number) {
    track.style.width = `${widthOf()}px`;
    scroller.scrollLeft = xOf(at_ms, view);
    scrolledTo = scroller.scrollLeft;
  }

  function isAtEnd() {
    return scroller.scrollLeft + view.width >= xOf(now, view) - 40;
  }

  function widthOf() {
    const end = Math.max(picture.end_ms(), present.hidden ? 0 : now);
    return Math.max(view.width, xOf(end, view) + view.width * AHEAD);
  }

  function redraw() {
    view.width = scroller.clientWidth;
    track.style.width = `${widthOf()}px`;
    if (follows && !present.hidden)
      scrollTo(Math.max(0, now - msOf(view.width * (1 - AHEAD), view)));
    view.from_ms = msOf(scroller.scrollLeft, view);
    present.style.left = `${xOf(now, view)}px`;
    sync(piecesOf(picture, interruptions, view, now));
    axis.replaceChildren(
      ...ticks(view).map(({ at_ms, label }) => {
        const tick = element('span', 'tick', label);
        tick.style.left = `${xOf(at_ms, view)}px`;
        return tick;
      }),
    );
  }

  /** What stays keeps its element: a click that has begun must end on it. */
  function sync(pieces: Piece[]) {
    const kept = new Set(pieces.map(({ key }) => key));
    for (const [key, node] of nodes) {
      if (kept.has(key)) continue;
      node.remove();
      nodes.delete(key);
    }
    for (const piece of pieces) update(nodes.get(piece.key) ?? added(piece), piece);
  }

  function added({ key, moment: id }: Piece): HTMLElement {
    const node = element('div');
    if (id !== undefined) node.dataset.moment = String(id);
    nodes.set(key, node);
    layer.append(node);
    return node;
  }

  function update(node: HTMLElement, piece: Piece) {
    const isSelected = piece.moment !== undefined && piece.moment === moment;
    set(node, 'className', `piece ${piece.className}${isSelected ? ' selected' : ''}`);
    set(node, 'title', piece.title ?? '');
    node.style.left = `${piece.left}px`;
    if (piece.width !== undefined) node.style.width = `${piece.width}px`;
    if (!piece.parts) return set(node, 'textContent', piece.text ?? '');
    while (node.childElementCount > piece.parts.length) node.lastElementChild?.remove();
    piece.parts.forEach(({ className, width, text }, at) => {
      const part = (node.children[at] ?? node.appendChild(element('span'))) as HTMLElement;
      set(part, 'className', className);
      set(part, 'textContent', width > 24 ? text : '');
      part.style.width = `${width}px`;
    });
  }
}

function set<K extends 'className' | 'title' | 'textContent'>(
  node: HTMLElement,
  name: K,
  value: string,
) {
  if (node[name] !== value) node[name] = value;
}
