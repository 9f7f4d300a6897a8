import type { Said } from '../../functions/call/answer.ts';
import { type Decision, decide, type Input } from '../../functions/call/decide.ts';
import type { Delivery } from '../../functions/call/delivered.ts';
import { type Call, type Fact, freshCall, type Happening } from '../../functions/call/document.ts';
import type { Trigger, Ways } from '../../functions/call/interrupt.ts';
import type { Part } from '../../functions/call/job.ts';
import { type Asked, meaningOf, type Reading, turnOf } from '../../functions/call/meaning.ts';
import type { OutcomeEvent } from '../../functions/call/outcome.ts';
import { keyOf, printOf } from '../../functions/call/words.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';

export const say = (
  text: string,
  how: Partial<Extract<ActionDraft, { type: 'speak' }>> = {},
): ActionDraft => ({
  type: 'speak',
  text,
  ...how,
});
export const protectedSay = (text: string) => say(text, { barge_in: { strategy: 'none' } });
export const hangup: ActionDraft = { type: 'hangup' };
export const transfer: ActionDraft = {
  type: 'transfer',
  target_phone_number: '4930',
  caller_id_name: 'A',
  caller_id_number: '4931',
};
export const cut: ActionDraft = { type: 'barge_in' };

/** Of so many seconds, at the usual rate of 15 characters a second. */
export const lasting = (seconds: number, begins = '') =>
  begins.padEnd(Math.round(seconds * 15), 'blah ');

export type DecidedCall = ReturnType<typeof decidedCall>;

/**
 * A call as the decisions alone make it: each event is recorded, answered and written at once, and
 * each push arrives. Times are ms since its beginning.
 */
export function decidedCall(ways: Ways = { channel: true, websocket: false }) {
  const published: OutcomeEvent[] = [];
  let call: Call | undefined;
  let inputs = 0;

  /** What goes out by an input, in words: sentences by themselves, anything else by its type. */
  const spoken = (actions: readonly ActionDraft[] = []) =>
    actions.map((action) => (action.type === 'speak' ? (action.text ?? action.ssml) : action.type));

  function apply(input: Input, at: number): Decision {
    const decision = decide(call, input, at);
    if (decision.save) call = decision.call;
    published.push(...decision.publish);
    return decision;
  }

  function record(at: number, happening: Happening, id = `${happening.kind}${++inputs}`): Fact {
    const socket = ways.websocket && { socket: 'socket' };
    const fact = { id, at, ...socket, ...happening } as Fact;
    call = { ...(call ?? freshCall('call')), facts: [...(call?.facts ?? []), fact] };
    return fact;
  }

  const self = {
    call: () => call as Call,
    published,
    /** Outcomes as they were published: `name: outcome`, with the reason. */
    told: () =>
      published.map(({ interruption_id, outcome, reason }) =>
        [interruption_id, outcome, reason].filter(Boolean).join(' '),
      ),
    record,
    /** What the event asks for, before anybody has answered it. */
    asks(at: number, happening: Happening, reading?: Reading): Asked {
      const { id } = record(at, happening);
      return meaningOf(call as Call, id, at, reading);
    },
    turnOf: (id: string, at: number) => turnOf(call as Call, id, at),
    decide: apply,

    /** An event, what it is answered, and what goes out. */
    event(at: number, happening: Happening, said?: Said | readonly ActionDraft[], id?: string) {
      const fact = record(at, happening, id);
      return spoken(self.answer(at, fact, said).actions);
    },
    /** The answer to a fact that has been recorded already. */
    answer(
      at: number,
      { id, kind, at: taken }: Fact,
      said?: Said | readonly ActionDraft[],
    ): Decision {
      const answerable = kind !== 'voice' && kind !== 'over';
      const pushes = ways.channel || ways.websocket;
      const own = said && ('actions' in said ? said : { actions: said });
      return apply(
        {
          kind: 'event',
          event: { id, kind, at: taken, answerable, pushes, ...(own && { said: own }) },
        },
        at,
      );
    },
    start: (at: number, ...actions: ActionDraft[]) => self.event(at, { kind: 'start' }, actions),
    began: (at: number, text?: string, ms?: number, started?: number) =>
      self.event(at, {
        kind: 'began',
        ...(text !== undefined && { print: printOf({ text }) ?? '' }),
        ...(ms !== undefined && { ms }),
        ...(started !== undefined && { started }),
      }),
    ended: (at: number, ...actions: ActionDraft[]) => self.event(at, { kind: 'ended' }, actions),
    silence: (at: number, ...actions: ActionDraft[]) =>
      self.event(at, { kind: 'silence' }, actions),
    voice: (at: number) => self.event(at, { kind: 'voice' }),
    over: (at: number) => self.event(at, { kind: 'over' }),
    words: (
      at: number,
      text: string,
      said: Said | readonly ActionDraft[] = [],
      how: { cuts?: true; ms?: number } = {},
    ) => self.event(at, saying(at, text, how), said),

    /** What is decided about an interruption. */
    decided(at: number, id: string, asked: Partial<Trigger> = {}) {
      const trigger: Trigger = {
        by: `${id}#${++inputs}`,
        id,
        triggered_at: at,
        expires_at: at + 30_000,
        content: id,
        actions: [cut, say(`${id}!`)],
        then: [],
        rules: {},
        resume: false,
        dry_run: false,
        ways,
        ...asked,
      };
      return apply({ kind: 'trigger', trigger }, at);
    },
    /** An interruption, and what is pushed by it. */
    trigger: (at: number, id: string, asked: Partial<Trigger> = {}) =>
      self.sent(at, self.decided(at, id, asked)),
    part(
      at: number,
      job: string,
      number: number,
      actions: readonly ActionDraft[],
      how: Partial<Part> = {},
    ) {
      const part: Part = {
        by: `${job}-${number}`,
        job,
        number,
        at,
        actions,
        last: true,
        ways,
        ...how,
      };
      return self.sent(at, apply({ kind: 'part', part }, at));
    },
    wake: (at: number) => self.sent(at, apply({ kind: 'wake', by: `wake${++inputs}`, ways }, at)),
    cancel: (at: number, id: string) =>
      apply({ kind: 'cancel', by: `cancel${++inputs}`, id }, at).outcome,

    /** A push that has arrived, unless `delivery` says otherwise, and what came of it. */
    sent(at: number, decision: Decision, delivery: Delivery = { status: 'delivered' }) {
      const { push } = decision;
      if (!push) return { pushed: [], outcome: decision.outcome, wake: decision.wake };
      const after = apply(
        { kind: 'delivery', by: `delivery${++inputs}`, key: push.key, delivery },
        at,
      );
      return { pushed: spoken(push.actions), outcome: after.outcome, wake: after.wake };
    },
  };
  return self;
}

/** What the caller has said by `at`. */
export const saying = (
  at: number,
  text: string,
  { cuts, ms = 1_000 }: { cuts?: true; ms?: number } = {},
): Happening => ({
  kind: 'words',
  print: printOf({ text }) ?? '',
  ms,
  until: at + 1_000,
  ...(cuts && { cuts }),
});

/** A job's mark as its hold leaves it. */
export const jobOf = (id: string, turn: number, until: number) => ({
  key: keyOf(id),
  turn,
  until,
  parts: 0,
});
