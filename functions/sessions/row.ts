import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Json, Session, Target, Tracked } from './session.ts';

export type Row = Record<string, AttributeValue>;

/** Reads the session item. State is one JSON text per key: compact, and written key by key. */
export function sessionFromRow(id: string, row: Row): Session {
  const { caller, callee } = row;
  return {
    id,
    turn: Number(row.turn?.N ?? 0),
    reopened: Number(row.starts?.N ?? 0) > 1,
    ...(caller?.S && { caller: caller.S }),
    ...(callee?.S && { callee: callee.S }),
    labels: Object.keys(row.labels?.M ?? {}),
    waiting: Number(row.waiting?.N ?? 0),
    ...(row.replacement?.M && { replacement: tracked(row.replacement.M, row.follow_up?.BOOL ?? false) }),
    state: Object.fromEntries(
      Object.entries(row.state?.M ?? {}).map(([key, { S }]) => [key, JSON.parse(S ?? 'null') as Json]),
    ),
  };
}

const tracked = ({ key, halfway_at, heard }: Row, follow_up: boolean): Tracked => ({
  key: key?.S ?? '',
  halfway_at: Number(halfway_at?.N ?? 0),
  heard: heard?.BOOL ?? false,
  follow_up,
});

/** Under what a session is listed as long as the call lasts. */
export function listings(session: {
  caller?: string | undefined;
  callee?: string | undefined;
  labels: readonly string[];
}): Target[] {
  return [
    { everyone: true },
    ...(session.caller ? [{ caller: session.caller }] : []),
    ...(session.callee ? [{ callee: session.callee }] : []),
    ...session.labels.map((label) => ({ label })),
  ];
}

/** Names for one `UpdateItem`: expressions may not contain literals or reserved words. */
export function expression() {
  const names: Record<string, string> = {};
  const values: Row = {};
  const clauses: Record<'SET' | 'ADD' | 'REMOVE', string[]> = { SET: [], ADD: [], REMOVE: [] };
  return {
    name(attribute: string) {
      const alias = `#n${Object.keys(names).length}`;
      names[alias] = attribute;
      return alias;
    },
    value(value: AttributeValue) {
      const alias = `:v${Object.keys(values).length}`;
      values[alias] = value;
      return alias;
    },
    clauses,
    input: () => ({
      UpdateExpression: Object.entries(clauses)
        .filter(([, list]) => list.length > 0)
        .map(([verb, list]) => `${verb} ${list.join(', ')}`)
        .join(' '),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    }),
  };
}
