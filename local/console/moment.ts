import type { TimelineEntry } from '../simulator/timeline.ts';
import { clockTime } from './axis.ts';
import { $, element, fold, json } from './dom.ts';
import type { Picture } from './picture.ts';

/** From the event before a moment to a while after it. */
const AROUND = 12;

/** Events and actions around a timeline entry, the newest ones without any, as JSON. */
export function showMoment({ entries }: Picture, moment: number | undefined): void {
  const last = moment ?? entries.length - 1;
  const from = moment === undefined ? Math.max(0, last - 2 * AROUND) : Math.max(0, last - AROUND);
  const wire = entries
    .slice(from, last + (moment === undefined ? 1 : AROUND))
    .map((entry, at) => ({ entry, id: from + at }))
    .filter(({ entry }) => entry.kind === 'event' || entry.kind === 'action');
  $('moment-at').textContent =
    moment === undefined
      ? 'the newest'
      : `around ${clockTime((entries[moment]?.at_ms ?? 0) / 1000)}`;
  $('wire').replaceChildren(...wire.map(({ entry }) => element('li', '', lineOf(entry))));
}

function lineOf(entry: TimelineEntry): HTMLElement {
  const at = element('span', 'at', clockTime(entry.at_ms / 1000));
  if (entry.kind === 'action')
    return fold([at, ` ↳ ${entry.action.type} `, element('span', 'aside', entry.source)], () =>
      json(entry.action),
    );
  if (entry.kind !== 'event') return at;
  const { event, status, took_ms } = entry;
  const ok = status === undefined || status === 200 || status === 204;
  const aside = status === undefined ? 'frame' : `${status} · ${Math.round(took_ms ?? 0)} ms`;
  return fold([at, ` ${event.type} `, element('span', ok ? 'aside' : 'aside bad', aside)], () =>
    json(event),
  );
}
