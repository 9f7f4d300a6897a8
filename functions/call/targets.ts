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
