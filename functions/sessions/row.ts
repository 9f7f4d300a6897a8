import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Guard, JobMark, Json, Playback, Session, Socket, Speech, Target, Tracked } from './session.ts';

export type Row = Record<string, AttributeValue>;

/** Reads the session item. Names are short where they count: the row stays within one write unit. */
export function sessionFromRow(id: string, row: Row): Session {
  const { caller, callee, account, said, connection, speaks_at, spoke_at, job } = row;
  return {
    id,
    turn: number(row.turn),
    reopened: number(row.starts) > 1,
    ...(caller?.S && { caller: caller.S }),
    ...(callee?.S && { callee: callee.S }),
    ...(row.number?.S && { number: row.number.S }),
    ...(account?.S && { account_id: account.S }),
    labels: Object.keys(row.labels?.M ?? {}),
    // One JSON text per key: compact, and written key by key.
    state: Object.fromEntries(
      Object.entries(row.state?.M ?? {}).map(([key, { S }]) => [key, JSON.parse(S ?? 'null') as Json]),
    ),
    playback: playbackOf(row),
    transferred: row.transferred?.BOOL ?? false,
    starts: number(row.starts),
    followed: row.next?.BOOL ?? false,
    ...(row.waiting?.S && { waiting: row.waiting.S }),
    ...(said?.M && { replacement: tracked(said.M) }),
    ...(connection?.S && { connection: connection.S }),
    ...(job?.M && { job: { key: job.M.key?.S ?? '', turn: number(job.M.turn), until: number(job.M.until) } }),
    ...(number(speaks_at) > number(spoke_at) && { caller_speaks: number(speaks_at) }),
  };
}

function playbackOf({ speech, silence_at, guard }: Row): Playback {
  return {
    ...(speech?.M && { speech: speechOf(speech.M) }),
    ...(silence_at && { silence_at: number(silence_at) }),
    ...(guard?.M && { guard: guardOf(guard.M) }),
  };
}

const speechOf = ({ at, after, until }: Row): Speech => ({
  at: number(at),
  after: number(after),
  until: number(until),
});

const guardOf = ({ kind, at, after, until }: Row): Guard => ({
  kind: kind?.S === URGENT ? 'urgent' : 'protected',
  at: number(at),
  after: number(after),
  until: number(until),
});

const tracked = ({ key, after, heard }: Row): Tracked => ({
  key: key?.S ?? '',
  after: number(after),
  heard: heard?.BOOL ?? false,
});

const number = (value: AttributeValue | undefined) => Number(value?.N ?? 0);

/** Times as attributes: whole milliseconds. */
export const time = (ms: number): AttributeValue => ({ N: String(Math.round(ms)) });

export const URGENT = 'u';

/** The attributes that {@link sessionFromRow} reads, as they are written. */
export const speechValue = ({ at, after, until }: Speech): AttributeValue => ({
  M: { at: time(at), after: time(after), until: time(until) },
});

export const guardValue = ({ kind, at, after, until }: Guard): AttributeValue => ({
  M: { kind: { S: kind === 'urgent' ? URGENT : 'p' }, at: time(at), after: time(after), until: time(until) },
});

export const saidValue = (key: string, after: number, heard = false): AttributeValue => ({
  M: { key: { S: key }, after: time(after), ...(heard && { heard: { BOOL: true } }) },
});

export const jobValue = ({ key, turn, until }: JobMark): AttributeValue => ({
  M: { key: { S: key }, turn: time(turn), until: time(until) },
});

/** Under what a session is listed as long as the call lasts. */
export function listings(session: {
  caller?: string | undefined;
  callee?: string | undefined;
  account_id?: string | undefined;
  connection?: string | undefined;
  labels: readonly string[];
}): (Target | Socket)[] {
  const { caller, callee, account_id, connection, labels } = session;
  const account = account_id !== undefined && { account_id };
  return [
    { everyone: true, ...account },
    ...(caller ? [{ caller, ...account }] : []),
    ...(callee ? [{ callee, ...account }] : []),
    ...(connection ? [{ connection }] : []),
    ...labels.map((label) => ({ label, ...account })),
  ];
}

/** The parts of one `UpdateItem`: expressions may not contain literals or reserved words, nor names they don't use. */
export function expression() {
  const names: Record<string, string> = {};
  const values: Row = {};
  const clauses: Record<'SET' | 'ADD' | 'REMOVE', string[]> = { SET: [], ADD: [], REMOVE: [] };

  return {
    name(attribute: string): string {
      const alias = `#n${Object.keys(names).length}_`;
      names[alias] = attribute;
      return alias;
    },
    value(value: AttributeValue): string {
      const alias = `:v${Object.keys(values).length}_`;
      values[alias] = value;
      return alias;
    },
    clauses,
    input(ConditionExpression?: string) {
      const UpdateExpression = Object.entries(clauses)
        .filter(([, list]) => list.length > 0)
        .map(([verb, list]) => `${verb} ${list.join(', ')}`)
        .join(' ');
      const text = `${UpdateExpression} ${ConditionExpression ?? ''}`;
      return {
        ...(UpdateExpression && { UpdateExpression }),
        ...(ConditionExpression && { ConditionExpression }),
        ExpressionAttributeNames: used(names, text),
        ...(Object.keys(used(values, text)).length > 0 && { ExpressionAttributeValues: used(values, text) }),
      };
    },
  };
}

const used = <T>(aliases: Record<string, T>, text: string): Record<string, T> =>
  Object.fromEntries(Object.entries(aliases).filter(([alias]) => text.includes(alias)));
