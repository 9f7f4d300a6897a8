import { isDeepStrictEqual } from 'node:util';
import type { Tts } from '../../functions/protocol/settings.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Noted } from '../../functions/sessions/history.ts';
import { MAX_LABELS, MAX_NOTES } from '../../functions/sessions/limits.ts';
import { isSilent, isSpeaking, LOST_END_MS, type Met, refusal } from '../../functions/sessions/playback.ts';
import { followUpsOf } from '../../functions/sessions/replacements.ts';
import {
  type Claim,
  type Happening,
  isNamed,
  type JobMark,
  type Json,
  type Playback,
  type Push,
  type Replacement,
  SESSION_TTL_SECONDS,
  type Sentence,
  type Session,
  type SessionStore,
  type Socket,
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
  number?: string;
  account_id?: string;
  labels: Set<string>;
  state: Record<string, Json>;
  playback: { -readonly [K in keyof Playback]: Playback[K] };
  transferred: boolean;
  claims: Map<string, string>;
  said: Tracked | undefined;
  followed: boolean;
  notes: Map<string, Replacement & { noted_at: number; sent_at?: number; given_at?: number; heard_at?: number }>;
  waiting: Waiting[];
  voice: Tts | undefined;
  sentence: Sentence | undefined;
  connection: string | undefined;
  sockets: Set<string>;
  speaks_at: number;
  spoke_at: number;
  job: JobMark | undefined;
}

const newRow = (): Row => ({
  turn: 0,
  starts: 0,
  ended: false,
  expires_at: 0,
  labels: new Set(),
  state: {},
  playback: {},
  transferred: false,
  claims: new Map(),
  said: undefined,
  followed: false,
  notes: new Map(),
  waiting: [],
  voice: undefined,
  sentence: undefined,
  connection: undefined,
  sockets: new Set(),
  speaks_at: 0,
  spoke_at: 0,
  job: undefined,
});

/** Sessions in memory: the contract in its plainest form, for tests that are not about DynamoDB. */
export function createMemoryStore(clock: Pick<Clock, 'now'>): SessionStore {
  const rows = new Map<string, Row>();
  const turns = new Map<string, Map<number, Map<string, Noted>>>();
  const live = (id: string) => {
    const row = rows.get(id);
    return row && row.expires_at > clock.now() / 1000 ? row : undefined;
  };
  const met = ({ session_id, key }: Claim): Met | undefined => {
    const row = live(session_id);
    return row && { session: session(session_id, row), ended: row.ended, owner: row.claims.get(key) };
  };

  return {
    async record(happening) {
      const { session_id, kind, caller, callee, number, account_id } = happening;
      const row = live(session_id) ?? newRow();
      if (row.ended && kind !== 'start') return 'ended';
      rows.set(session_id, row);
      row.turn += kind === 'turn' ? 1 : 0;
      row.starts += kind === 'start' ? 1 : 0;
      row.ended = kind === 'end';
      row.expires_at = clock.now() / 1000 + SESSION_TTL_SECONDS;
      if (caller) row.caller = caller;
      if (callee) row.callee = callee;
      if (number) row.number = number;
      if (account_id) row.account_id = account_id;
      if (kind === 'start') row.transferred = false;
      if (kind === 'turn' || kind === 'end') row.job = undefined;
      if (happening.barged_in) delete row.playback.guard;
      if (kind === 'end') Object.assign(row, { playback: {}, said: undefined, followed: false });
      hear(row, happening, clock.now());
      attach(row, happening, clock.now());
      return session(session_id, row);
    },

    async read(id) {
      const row = live(id);
      return row && !row.ended ? session(id, row) : undefined;
    },

    async change(id, { state, labels, speech, guard, transferred, job }) {
      const row = live(id);
      const kept = new Set([...(row?.labels ?? [])].filter((label) => labels[label] !== false));
      for (const [label, keep] of Object.entries(labels)) if (keep) kept.add(label);
      if (!row || row.ended || kept.size > MAX_LABELS) return false;
      row.labels = kept;
      for (const [key, value] of Object.entries(state)) {
        if (value === undefined) delete row.state[key];
        else row.state[key] = structuredClone(value);
      }
      Object.assign(row.playback, { ...(speech && { speech }), ...(guard && { guard }) });
      if (transferred) row.transferred = true;
      if (job) row.job = job;
      return true;
    },

    async goesOn(id, { key }, speech) {
      const row = live(id);
      if (row?.job?.key !== key || !isSilent(row.playback, clock.now())) return false;
      row.playback.speech = speech;
      return true;
    },

    async endJob(id, key) {
      const row = rows.get(id);
      if (row?.job?.key === key) row.job = undefined;
    },

    async find(target) {
      return [...rows.keys()].filter((id) => {
        const row = live(id);
        return row && !row.ended && concerns(target, row);
      });
    },

    async claim(claim) {
      const { session_id, key, owner, push } = claim;
      const row = live(session_id);
      const own = row !== undefined && !row.ended && row.claims.get(key) === owner;
      const reason = own ? undefined : refusal(met(claim), claim, clock.now());
      if (reason || !row) return { claimed: false, reason: reason ?? 'unknown_session' };
      const before = session(session_id, row);
      row.claims.set(key, owner);
      if (push && !own) start(row, key, push);
      return { claimed: true, session: before };
    },

    async startWaiting(claim) {
      const { session_id, key, push } = claim;
      const row = live(session_id);
      const started = row?.said?.key === key && row.said.after === push?.replacement?.speech.after;
      const own = started && !row?.ended;
      const known = met(claim);
      const reason = own ? undefined : refusal(known && { ...known, owner: undefined }, claim, clock.now());
      if (reason || !row) return { claimed: false, reason: reason ?? 'unknown_session' };
      const before = session(session_id, row);
      if (push && !own) start(row, key, push);
      return { claimed: true, session: before };
    },

    async check(claim) {
      return refusal(met(claim), claim, clock.now());
    },

    async release({ session_id, key, owner }) {
      const row = rows.get(session_id);
      if (row?.claims.get(key) === owner) row.claims.delete(key);
    },

    async takeBack({ session_id, key, push }, { playback, replacement, followed }) {
      const row = rows.get(session_id);
      if (row && push?.transfers) row.transferred = false;
      const { speech, guard } = row?.playback ?? {};
      const ours = row?.said?.key === key && isDeepStrictEqual({ speech, guard }, guarded(push?.replacement));
      if (!row || !push?.replacement || !ours) return;
      row.said = replacement;
      row.followed = followed;
      const { silence_at } = row.playback;
      row.playback = { ...playback, ...(silence_at !== undefined && { silence_at }) };
    },

    async detach(id, connection) {
      const row = rows.get(id);
      row?.sockets.delete(connection);
      if (row?.connection === connection) Object.assign(row, NO_SOCKET);
    },

    async keepVoice(id, voice) {
      const row = rows.get(id);
      if (row) row.voice = voice;
    },

    async voice(id) {
      return rows.get(id)?.voice;
    },

    async sentence(id) {
      return rows.get(id)?.sentence;
    },

    async noteReplacement(id, note) {
      rows.get(id)?.notes.set(note.key, { ...note, noted_at: clock.now() });
    },

    async markSent(id, key) {
      const note = rows.get(id)?.notes.get(key);
      if (note) note.sent_at = clock.now();
    },

    async replacements(id) {
      return [...(rows.get(id)?.notes.values() ?? [])].map(
        ({ noted_at: _at, sent_at: _sent, given_at: _given, heard_at: _heard, ...note }) => note,
      );
    },

    async markHeard(id, key, at) {
      const row = rows.get(id);
      const note = row?.notes.get(key);
      if (!row || !note || note.heard_at !== undefined) return false;
      note.heard_at = at;
      const { said } = row;
      if (!said || said.key === key || (said.heard && said.after <= at)) row.said = { key, after: at, heard: true };
      return true;
    },

    async takeFollowUp(session) {
      const { id, starts, replacement } = session;
      const row = rows.get(id);
      if (!row || !replacement) return [];
      const followed = [...row.notes.values()].filter((note) => note.starts === starts && note.follow_up.length > 0);
      const own = row.notes.get(replacement.key);
      const leftAt = own?.sent_at ?? own?.given_at ?? own?.noted_at ?? clock.now();
      const ready = followed.filter(({ key, heard_at = Number.POSITIVE_INFINITY, sent_at, given_at }) =>
        key === replacement.key
          ? replacement.heard || sent_at !== undefined || given_at !== undefined
          : heard_at <= replacement.after || (sent_at ?? Number.POSITIVE_INFINITY) <= leftAt,
      );
      for (const note of ready) row.notes.delete(note.key);
      if (row.said?.key === replacement.key) {
        row.said = undefined;
        row.followed = followed.length > ready.length;
      }
      return followUpsOf(ready, session);
    },

    async giveReplacement(id, note) {
      const row = rows.get(id);
      row?.notes.set(note.key, { ...note, noted_at: clock.now(), given_at: clock.now() });
      if (row && !row.ended && note.follow_up.length > 0) row.followed = true;
    },

    async addFollowUp(id, note) {
      const row = rows.get(id);
      if (row?.said?.key !== note.key || !isSpeaking(row.playback, clock.now())) return false;
      row.notes.set(note.key, { ...note, noted_at: clock.now(), sent_at: clock.now() });
      row.followed = true;
      return true;
    },

    async wait(id, waiting) {
      const row = rows.get(id);
      if (!row || row.ended) return false;
      row.waiting.push(waiting);
      return true;
    },

    async waiting(id) {
      return [...(rows.get(id)?.waiting ?? [])];
    },

    async take(id, { key }) {
      const row = rows.get(id);
      const at = row?.waiting.findIndex((one) => one.key === key) ?? -1;
      row?.waiting.splice(at, at < 0 ? 0 : 1);
      return at >= 0;
    },

    async nobodyWaits() {},

    async keepTurn(id, turn, notes) {
      const all = turns.get(id) ?? new Map<number, Map<string, Noted>>();
      const kept = all.get(turn) ?? new Map<string, Noted>();
      turns.set(id, all.set(turn, kept));
      if (kept.size < MAX_NOTES) for (const note of notes) kept.set(JSON.stringify(note), { ...note, turn });
    },

    async history(id, newest) {
      const oldest = clock.now() - SESSION_TTL_SECONDS * 1000;
      const kept = [...(turns.get(id) ?? [])].sort(([a], [b]) => b - a).slice(0, newest);
      return kept.flatMap(([, notes]) => [...notes.values()]).filter(({ at }) => at > oldest);
    },
  };
}

function hear(row: Row, { speech, at = 0 }: Happening, now: number) {
  const when = at || now;
  if (speech === 'ended') row.playback.silence_at = Math.max(when, row.playback.silence_at ?? 0);
  else if (speech) {
    const { ends_at, text } = speech;
    row.sentence = { at: when, ends_at, ...(text && { text }) };
    if ((row.playback.speech?.at ?? 0) > when) return;
    row.playback.speech = { at: when, after: when, until: ends_at + LOST_END_MS };
  }
}

const NO_SOCKET = { connection: undefined, speaks_at: 0, spoke_at: 0 };

function attach(row: Row, { kind, connection, caller_speaks, at }: Happening, now: number) {
  if (kind === 'end') Object.assign(row, NO_SOCKET, { sockets: new Set() });
  else if (connection) {
    row.connection = connection;
    row.sockets.add(connection);
    if (caller_speaks) row.speaks_at = at ?? now;
    if (kind === 'turn') row.spoke_at = at ?? now;
  }
}

const guarded = ({ speech, guard }: Partial<NonNullable<Push['replacement']>> = {}) => ({ speech, guard });

function start(row: Row, key: string, { replacement, transfers }: Push) {
  if (transfers) row.transferred = true;
  if (!replacement) return;
  const { speech, guard, follow_up } = replacement;
  row.said = { key, after: speech.after, heard: false };
  row.playback.speech = speech;
  delete row.playback.guard;
  if (guard) row.playback.guard = guard;
  // What follows a replacement that another one cuts is still to come.
  row.followed ||= follow_up;
}

function session(id: string, row: Row): Session {
  const { turn, starts, caller, callee, account_id, labels, state, said, followed, waiting, playback, transferred } =
    row;
  return {
    id,
    turn,
    reopened: starts > 1,
    ...(caller && { caller }),
    ...(callee && { callee }),
    ...(row.number && { number: row.number }),
    ...(account_id && { account_id }),
    labels: [...labels],
    state: structuredClone(state),
    playback: structuredClone(playback),
    transferred,
    starts,
    followed,
    ...(waiting.length > 0 && { waiting: waiting.map(({ key }) => key).join() }),
    ...(said && { replacement: said }),
    ...(row.connection !== undefined && { connection: row.connection }),
    ...(row.job && { job: row.job }),
    ...(row.speaks_at > row.spoke_at && { caller_speaks: row.speaks_at }),
  };
}

function concerns(target: Target | Socket, row: Row): boolean {
  if ('connection' in target) return row.sockets.has(target.connection);
  return isNamed({ ...row, labels: [...row.labels] }, target);
}
