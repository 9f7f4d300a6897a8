import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { sessionKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { expression, guardValue, saidValue, speechValue, time } from './row.ts';
import type { Claim, Push, Session } from './session.ts';

/** Undoes what a claim changed for a push that never left. */
export function createTakeBack({ client, table: TableName }: TableParts) {
  return {
    async takeBack({ session_id, key, push }: Claim, before: Session): Promise<void> {
      const { replacement, transfers } = push ?? {};
      if (transfers) await staysHere(session_id);
      if (replacement) await restore(session_id, key, replacement, before);
    },
  };

  async function staysHere(id: string) {
    const { name, clauses, input } = expression();
    clauses.REMOVE.push(name('transferred'));
    await client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input('attribute_exists(pk)') }));
  }

  async function restore(id: string, key: string, pushed: NonNullable<Push['replacement']>, before: Session) {
    const { name, value, clauses, input } = expression();
    const { playback, replacement } = before;
    const was = {
      said: replacement && saidValue(replacement.key, replacement.after, replacement.heard),
      next: before.followed ? { BOOL: true } : undefined,
      speech: playback.speech && speechValue(playback.speech),
      guard: playback.guard && guardValue(playback.guard),
    };
    for (const [attribute, old] of Object.entries(was)) {
      if (old) clauses.SET.push(`${name(attribute)} = ${value(old)}`);
      else clauses.REMOVE.push(name(attribute));
    }
    const at = name('at');
    const unchanged = [
      `${name('said')}.${name('key')} = ${value({ S: key })}`,
      `${name('speech')}.${at} = ${value(time(pushed.speech.at))}`,
      // An answer of the same millisecond may have begun something else.
      pushed.guard
        ? `${name('guard')}.${at} = ${value(time(pushed.guard.at))}`
        : `attribute_not_exists(${name('guard')})`,
    ];
    await held(
      client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(unchanged.join(' AND ')) })),
    );
  }
}
