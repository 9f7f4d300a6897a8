import type { Rules } from '../../functions/call/document.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import type { Book, Source } from './book.ts';
import type { Choices } from './choices.ts';

/** An interruption as somebody elsewhere asks for it. */
export interface Order {
  readonly id: string;
  readonly at: number;
  readonly expires: number;
  readonly source: Source;
  readonly then?: Source;
  readonly actions: readonly ActionDraft[];
  readonly thenActions: readonly ActionDraft[];
  readonly rules: Rules;
  readonly resume: boolean;
  readonly dry_run: boolean;
  /** Nobody gets a reply: what is refused for now is tried again. */
  readonly again: boolean;
}

interface Parts {
  readonly choices: Choices;
  readonly book: Book;
  /** The turn that the template was last asked at. */
  readonly turn: number;
  readonly at: number;
}

export function chooseOrder(number: number, { choices, book, turn, at }: Parts): Order {
  const id = `i${number}`;
  const source = book.source({ name: id, kind: 'interruption', at });
  const then = choices.chance(0.4) ? book.source({ name: `${id}t`, kind: 'then', at }) : undefined;
  const thenActions = then ? followUp(then, choices, book) : [];
  return {
    id,
    at,
    expires: at + choices.pick([30_000, 30_000, 4_000, 800]),
    source,
    ...(then && { then }),
    actions: words(source, choices, book),
    thenActions,
    rules: choices.chance(0.7) ? rules(choices, turn) : {},
    resume: choices.chance(0.3),
    dry_run: choices.chance(0.05),
    again: choices.chance(0.5),
  };
}

function words(source: Source, choices: Choices, book: Book): ActionDraft[] {
  const kind = choices.int(10);
  const cut = book.does(source, { type: 'barge_in' });
  if (kind === 9) return [cut];
  if (kind === 8) return [cut, book.say(source, 40), book.say(source, 30)];
  if (kind === 7) return [cut, book.say(source, 40, { barge_in: { strategy: 'none' } })];
  return [cut, book.say(source, choices.pick([40, 25, 90]))];
}

function followUp(then: Source, choices: Choices, book: Book): ActionDraft[] {
  const hangup = () => book.does(then, { type: 'hangup' });
  const kind = choices.int(6);
  if (kind === 5) return [book.say(then, 30), hangup()];
  if (kind === 4)
    return [book.does(then, { type: 'send_sms', phone_number: '49176', message: then.name })];
  if (kind === 3) return [book.say(then, 30)];
  if (kind === 2) return [transferOf(then, book)];
  return [hangup()];
}

const transferOf = (then: Source, book: Book) =>
  book.does(then, {
    type: 'transfer',
    target_phone_number: '4989',
    caller_id_name: then.name,
    caller_id_number: '49211',
    timeout: 20,
  });

function rules(choices: Choices, turn: number): Rules {
  const may = (probability: number) => choices.chance(probability);
  return {
    ...(may(0.3) && { if_turn: Math.max(0, turn - choices.pick([0, 0, 0, 1])) }),
    ...(may(0.25) && { after_current: true }),
    ...(may(0.2) && { urgent: true }),
    ...(may(0.15) && { force: true }),
    ...(may(0.15) && { only_if_speaking: true }),
    ...(may(0.15) && { not_while_caller_speaks: true }),
  };
}
