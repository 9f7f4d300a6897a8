import type { InterruptionRequest } from './commands.ts';

/** The fields of the form, as they were filled in; a box that isn't ticked is missing. */
export interface FormFields {
  say?: string;
  context?: string;
  whom?: string;
  who?: string;
  then?: string;
  to?: string;
  id?: string;
  when?: string;
  if_turn?: string;
  max_age_seconds?: string;
  protect?: string;
  only_if_speaking?: string;
  not_while_caller_speaks?: string;
  resume?: string;
  urgent?: string;
  force?: string;
  dry_run?: string;
}

const TICKED = ['only_if_speaking', 'resume', 'urgent', 'force', 'dry_run'] as const;

const FOLLOWING: Record<string, (to: string) => object[]> = {
  hangup: () => [{ type: 'hangup' }],
  transfer: (to) => [
    {
      type: 'transfer',
      target_phone_number: to,
      caller_id_name: 'Console',
      caller_id_number: to,
    },
  ],
};

/** The interruption that was filled in. Throws what is missing, or wrong, in words. */
export function requestFrom(
  fields: FormFields,
  session_id: string | undefined,
): InterruptionRequest {
  const { say = '', context = '', then = '', to = '', id, when, if_turn, max_age_seconds } = fields;
  const words = say.trim() && { say: fields.protect ? protectedWords(say) : say };
  const worded = context.trim() && { context: parsed(context) };
  const follow = FOLLOWING[then]?.(to);
  return {
    target: targetOf(fields, session_id),
    ...(worded || words || {}),
    ...(follow && { then: follow }),
    ...(id && { id }),
    ...(when && { when }),
    ...(if_turn && { if_turn: Number(if_turn) }),
    ...(max_age_seconds && { max_age_seconds: Number(max_age_seconds) }),
    ...Object.fromEntries(TICKED.flatMap((name) => (fields[name] ? [[name, true]] : []))),
  };
}

const protectedWords = (text: string) => ({ text, barge_in: { strategy: 'none' } });

function targetOf({ whom = 'session_id', who = '' }: FormFields, session_id: string | undefined) {
  if (whom === 'everyone') return { everyone: true };
  const value = whom === 'session_id' ? session_id : who.trim();
  if (value) return { [whom]: value };
  throw new Error(
    whom === 'session_id'
      ? 'There is no call yet: place one, or interrupt everyone'
      : `Say which ${whom} is meant`,
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(
      `The context is not JSON such as {"status": "shipped"}: ${(error as Error).message}`,
    );
  }
}
