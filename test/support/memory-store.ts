import type { CallStore, Socket, Stored, Target } from '../../functions/call/call-store.ts';
import { type Call, type Fact, freshCall } from '../../functions/call/document.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { foldedIn, newFacts } from '../../functions/sessions/facts.ts';
import type { Noted } from '../../functions/sessions/history.ts';
import { checkUtterance, MAX_NOTES, SESSION_TTL_SECONDS } from '../../functions/sessions/limits.ts';

interface Row {
  revision: number;
  expires_at: number;
  /** JSON, so that nobody shares an object with the store. */
  call: string;
  facts: string[];
  folded: readonly string[];
}

interface Listing {
  readonly target: Target | Socket;
  readonly id: string;
  readonly starts: number;
}

/** Calls in memory: the contract in its plainest form, for tests that are not about DynamoDB. */
export function createMemoryStore(clock: Pick<Clock, 'now'>): CallStore {
  const rows = new Map<string, Row>();
  const listings = new Map<string, Listing>();
  const claims = new Map<string, string>();
  const turns = new Map<string, Map<number, Map<string, Noted>>>();

  const expiry = () => clock.now() + SESSION_TTL_SECONDS * 1000;
  const live = (id: string) => {
    const row = rows.get(id);
    return row && row.expires_at > clock.now() ? row : undefined;
  };

  return {
    async record(id, fact, signal) {
      signal?.throwIfAborted();
      const row = live(id) ?? newRow(id, expiry());
      row.revision = (rows.get(id)?.revision ?? 0) + 1;
      row.facts.push(JSON.stringify(fact));
      rows.set(id, row);
      return stored(row);
    },

    async read(id, signal) {
      signal?.throwIfAborted();
      const row = live(id);
      return row && stored(row);
    },

    async save(before, call, signal) {
      signal?.throwIfAborted();
      for (const { actions } of call.queue)
        checkUtterance(Buffer.byteLength(JSON.stringify(actions)));
      const row = rows.get(call.id);
      if (row?.revision !== before.revision) return false;
      row.revision += 1;
      row.expires_at = expiry();
      row.call = JSON.stringify({ ...call, facts: [] });
      row.facts = [];
      row.folded = foldedIn(before, call);
      return true;
    },

    async find(target) {
      const { account_id, ...key } = withAccount(target);
      const found = [...listings.values()].filter((listing) => {
        const { account_id: its, ...listed } = withAccount(listing.target);
        return (
          JSON.stringify(listed) === JSON.stringify(key) &&
          (account_id === undefined || account_id === its)
        );
      });
      return found.map(({ id }) => id);
    },

    async list({ id, starts }, targets) {
      for (const target of targets)
        listings.set(listingOf(target, id), structuredClone({ target, id, starts }));
    },

    async unlist({ id, starts }, targets) {
      for (const target of targets) {
        const key = listingOf(target, id);
        if ((listings.get(key)?.starts ?? 0) <= starts) listings.delete(key);
      }
    },

    async keepClaims(id, kept) {
      for (const [key, content] of kept) claims.set(`${id} ${key}`, content);
    },

    async claimed(id, key) {
      return claims.get(`${id} ${key}`);
    },

    async keepTurn(id, turn, notes) {
      const all = turns.get(id) ?? new Map<number, Map<string, Noted>>();
      const kept = all.get(turn) ?? new Map<string, Noted>();
      turns.set(id, all.set(turn, kept));
      if (kept.size < MAX_NOTES)
        for (const note of notes) kept.set(JSON.stringify(note), { ...note, turn });
    },

    async history(id, newest) {
      const oldest = clock.now() - SESSION_TTL_SECONDS * 1000;
      const kept = [...(turns.get(id) ?? [])].sort(([a], [b]) => b - a).slice(0, newest);
      return kept.flatMap(([, notes]) => [...notes.values()]).filter(({ at }) => at > oldest);
    },
  };
}

const newRow = (id: string, expires_at: number): Row => ({
  revision: 0,
  expires_at,
  call: JSON.stringify(freshCall(id)),
  facts: [],
  folded: [],
});

function stored({ revision, call, facts, folded }: Row): Stored {
  const known = JSON.parse(call) as Call;
  const recorded = facts.map((fact) => JSON.parse(fact) as Fact);
  return { call: { ...known, facts: newFacts(recorded, folded, known.applied) }, revision, folded };
}

const withAccount = (target: Target | Socket): (Target | Socket) & { account_id?: string } =>
  target;

/** An account is no key: a call is listed once under each thing that it can be found by. */
function listingOf(target: Target | Socket, id: string): string {
  const { account_id: _, ...key } = withAccount(target);
  return JSON.stringify([key, id]);
}
