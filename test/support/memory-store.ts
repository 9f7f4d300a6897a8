import type { Clock } from '../../functions/runtime/clock.ts';
import { MAX_LABELS } from '../../functions/sessions/limits.ts';
import {
  type Json,
  SESSION_TTL_SECONDS,
  type Session,
  type SessionStore,
  type Target,
} from '../../functions/sessions/session.ts';

interface Row {
  turn: number;
  starts: number;
  ended: boolean;
  expires_at: number;
  caller?: string;
  callee?: string;
  labels: Set<string>;
  state: Record<string, Json>;
}

/** Sessions in memory: the contract in its plainest form, for tests that are not about DynamoDB. */
export function createMemoryStore(clock: Pick<Clock, 'now'>): SessionStore {
  const rows = new Map<string, Row>();
  const live = (id: string) => {
    const row = rows.get(id);
    return row && row.expires_at > clock.now() / 1000 ? row : undefined;
  };

  return {
    async record({ session_id, kind, caller, callee }) {
      const row = live(session_id) ?? { turn: 0, starts: 0, ended: false, expires_at: 0, labels: new Set(), state: {} };
      if (row.ended && kind !== 'start') return 'ended';
      rows.set(session_id, row);
      row.turn += kind === 'turn' ? 1 : 0;
      row.starts += kind === 'start' ? 1 : 0;
      row.ended = kind === 'end';
      row.expires_at = clock.now() / 1000 + SESSION_TTL_SECONDS;
      if (caller) row.caller = caller;
      if (callee) row.callee = callee;
      return session(session_id, row);
    },

    async change(id, { state, labels }) {
      const row = live(id);
      const kept = new Set([...(row?.labels ?? [])].filter((label) => labels[label] !== false));
      for (const [label, keep] of Object.entries(labels)) if (keep) kept.add(label);
      if (!row || row.ended || kept.size > MAX_LABELS) return false;
      row.labels = kept;
      for (const [key, value] of Object.entries(state)) {
        if (value === undefined) delete row.state[key];
        else row.state[key] = structuredClone(value);
      }
      return true;
    },

    async find(target) {
      return [...rows.keys()].filter((id) => {
        const row = live(id);
        return row && !row.ended && concerns(target, row);
      });
    },
  };
}

function session(id: string, { turn, starts, caller, callee, labels, state }: Row): Session {
  return {
    id,
    turn,
    reopened: starts > 1,
    ...(caller && { caller }),
    ...(callee && { callee }),
    labels: [...labels],
    state: structuredClone(state),
  };
}

function concerns(target: Target, row: Row): boolean {
  if ('label' in target) return row.labels.has(target.label);
  if ('caller' in target) return row.caller === target.caller;
  if ('callee' in target) return row.callee === target.callee;
  return true;
}
