import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Call, freshCall, type Json } from '../call/document.ts';
import type { Row } from './table.ts';

/**
 * The row that functions wrote before a call was one document: a deployment finds people on the
 * line. What an interruption or an answer of theirs had begun is over; who is calling, and what the
 * template knew of them, is not.
 */
export function callFromOldSession(id: string, row: Row): Call {
  const { caller, callee, number, account, connection, ended_at, transferred } = row;
  const [turn, starts] = [numeric(row.turn), numeric(row.starts)];
  return {
    ...freshCall(id),
    turn,
    opened: turn,
    starts,
    reopened: starts > 1,
    ...(caller?.S && { caller: caller.S }),
    ...(callee?.S && { callee: callee.S }),
    ...(number?.S && { number: number.S }),
    ...(account?.S && { account_id: account.S }),
    labels: Object.keys(row.labels?.M ?? {}),
    state: Object.fromEntries(
      Object.entries(row.state?.M ?? {}).map(([key, { S }]) => [
        key,
        JSON.parse(S ?? 'null') as Json,
      ]),
    ),
    // Whatever is known later is newer.
    ...(connection?.S && { socket: { id: connection.S, at: 0 } }),
    ...(transferred?.BOOL && { transferred: { at: 0, timeout: true } }),
    ...(ended_at && { ended: numeric(ended_at) }),
  };
}

const numeric = (value: AttributeValue | undefined) => Number(value?.N ?? 0);
