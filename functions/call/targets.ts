import { isDeepStrictEqual } from 'node:util';
import type { Socket, Target } from './call-store.ts';
import type { Call } from './document.ts';

export type Listed = Target | Socket;

/** Everything that a call can be found by. */
export function targetsOf(call: Call): Listed[] {
  const { caller, callee, account_id, socket, labels } = call;
  const account = account_id !== undefined && { account_id };
  return [
    { everyone: true, ...account },
    ...(caller ? [{ caller, ...account }] : []),
    ...(callee ? [{ callee, ...account }] : []),
    ...(socket ? [{ connection: socket.id }] : []),
    ...labels.map((label) => ({ label, ...account })),
  ];
}

/** Whether both calls are found by the same. */
export const isFoundAs = (call: Call, other: Call): boolean =>
  call.caller === other.caller &&
  call.callee === other.callee &&
  call.account_id === other.account_id &&
  call.socket?.id === other.socket?.id &&
  isDeepStrictEqual(call.labels, other.labels);
