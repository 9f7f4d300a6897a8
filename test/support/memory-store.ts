import type { Clock } from '../../functions/runtime/clock.ts';
import { MAX_LABELS } from '../../functions/sessions/limits.ts';
import {
  type Claim,
  type Json,
  type Replacement,
  SESSION_TTL_SECONDS,
  type Session,
  type SessionStore,
  type Target,
  type Tracked,
  type Waiting,
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
  claims: Map<string, { owner: string; expires_at: number }>;
  replacement: Tracked | undefined;
  notes: Map<string, Replacement & { sent: boolean }>;
  waiting: Waiting[];
}

const newRow = (): Row => ({
  turn: 0,
  starts: 0,
  ended: false,
  expires_at: 0,
  labels: new Set(),
  state: {},
  claims: new Map(),
  replacement: undefined,
  notes: new Map(),
  waiting: [],
});

/** Sessions in memory: the contract in its plainest form, for tests that are not about DynamoDB. */
export function createMemoryStore(clock: Pick<Clock, 'now'>): SessionStore {
  const rows = new Map<string, Row>();
  const live = (id: string) => {
    const row = rows.get(id);
    return row && row.expires_at > clock.now() / 1000 ? row : undefined;
  };

  return {
    async record({ session_id, kind, caller, callee }) {
      const row = live(session_id) ?? newRow();
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

    async claim({ session_id, key, owner, expires_at, label, replacement }: Claim) {
      const row = live(session_id);
      if (!row || (label !== undefined && !row.labels.has(label))) return { claimed: false, reason: 'unknown_session' };
      if (row.ended) return { claimed: false, reason: 'session_ended' };
      const held = row.claims.get(key);
      if (held && held.owner !== owner) return { claimed: false, reason: 'duplicate' };
      row.claims.set(key, { owner, expires_at });
      if (replacement)
        row.replacement = { key, heard: false, ...replacement, follow_up: replacement.follow_up || pending(row) };
      return { claimed: true, session: session(session_id, row) };
    },

    async release({ session_id, key, owner }) {
      const row = rows.get(session_id);
      if (row?.claims.get(key)?.owner === owner) row.claims.delete(key);
    },

    async noteReplacement(id, note, sent) {
      rows.get(id)?.notes.set(note.key, { ...note, sent });
    },

    async replacement(id, key) {
      return rows.get(id)?.notes.get(key);
    },

    async markHeard(id, key) {
      const row = rows.get(id);
      if (row?.replacement?.key !== key || row.replacement.heard) return false;
      row.replacement = { ...row.replacement, heard: true };
      return true;
    },

    async takeFollowUp(id, { key, heard }) {
      const row = rows.get(id);
      if (row?.replacement?.key !== key) return [];
      row.replacement = undefined;
      const ready = [...row.notes.values()].filter((note) => note.sent || (heard && note.key === key));
      for (const note of ready) row.notes.delete(note.key);
      return ready.flatMap((note) => [...note.follow_up]);
    },

    async wait(id, waiting) {
      const row = rows.get(id);
      if (!row || row.ended) return false;
      row.waiting.push(waiting);
      return true;
    },

    async takeWaiting(id, which) {
      const row = rows.get(id);
      if (!row) return [];
      const first = row.waiting.findIndex(({ expires_at }) => expires_at > clock.now());
      return row.waiting.splice(0, which === 'all' || first < 0 ? row.waiting.length : first + 1);
    },

    async startReplacement(id, note, halfway_at) {
      const row = rows.get(id);
      if (!row) return;
      row.notes.set(note.key, { ...note, sent: true });
      row.replacement = {
        key: note.key,
        halfway_at,
        heard: false,
        follow_up: note.follow_up.length > 0 || pending(row),
      };
    },
  };
}

/** What follows a replacement that another one cuts is still to come. */
const pending = (row: Row) => row.replacement?.follow_up ?? false;

function session(id: string, row: Row): Session {
  const { turn, starts, caller, callee, labels, state, replacement, waiting } = row;
  return {
    id,
    turn,
    reopened: starts > 1,
    ...(caller && { caller }),
    ...(callee && { callee }),
    labels: [...labels],
    state: structuredClone(state),
    waiting: waiting.length,
    ...(replacement && { replacement }),
  };
}

function concerns(target: Target, row: Row): boolean {
  if ('label' in target) return row.labels.has(target.label);
  if ('caller' in target) return row.caller === target.caller;
  if ('callee' in target) return row.callee === target.callee;
  return true;
}
