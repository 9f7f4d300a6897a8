import type { CallSummary } from '../simulator/call-types.ts';
import { $, button, element } from './dom.ts';

/** So many are listed: the newest. */
const LISTED = 100;

export interface Calls {
  get(id: string | undefined): CallSummary | undefined;
  note(call: CallSummary): void;
  newest(): CallSummary | undefined;
  select(id: string): void;
}

/** The list of calls. `chosen` hears which one somebody wants to look at. */
export function createCalls(chosen: (id: string) => void): Calls {
  const known = new Map<string, CallSummary>();
  const nodes = new Map<string, HTMLButtonElement>();
  let selected = '';

  return {
    get: (id = '') => known.get(id),
    newest: () => [...known.values()].at(-1),
    note(call) {
      if (!known.has(call.session_id)) add(call.session_id);
      known.set(call.session_id, call);
      const node = nodes.get(call.session_id);
      node?.replaceChildren(
        element('span', `dot ${call.state}`),
        call.from,
        element('small', '', [call.template, `→ ${call.to}`].filter(Boolean).join(' ')),
        element('small', '', `${new Date(call.started_at).toLocaleTimeString()} · ${call.state}`),
      );
    },
    select(id) {
      nodes.get(selected)?.removeAttribute('aria-current');
      selected = id;
      nodes.get(id)?.setAttribute('aria-current', 'true');
    },
  };

  function add(id: string) {
    const node = button('', () => chosen(id));
    nodes.set(id, node);
    $('calls').prepend(element('li', '', node));
    if (nodes.size > LISTED) {
      const [oldest = ''] = nodes.keys();
      nodes.get(oldest)?.parentElement?.remove();
      nodes.delete(oldest);
    }
    const more = known.size + 1 - LISTED;
    $('more-calls').hidden = more <= 0;
    $('more-calls').textContent = `and ${more} earlier`;
  }
}
