import type { Fact } from '../../functions/call/document.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import type { Book, Source } from './book.ts';
import type { Choices } from './choices.ts';

/** What a call flow says to an event, and how long it thinks. */
export interface FlowAnswer {
  readonly source: Source;
  readonly actions: readonly ActionDraft[];
  readonly job?: Job;
  readonly thinks: number;
}

/**
 * A slow answer: what it says, and how long after the part before. A job that dies says no last
 * part.
 */
export interface Job {
  readonly id: string;
  readonly parts: readonly {
    readonly after: number;
    readonly source: Source;
    readonly actions: readonly ActionDraft[];
    readonly last: boolean;
  }[];
}

interface Parts {
  readonly choices: Choices;
  readonly book: Book;
}

type Made = { actions: readonly ActionDraft[]; job?: Job };

const NOTHING: Made = { actions: [] };

export type Flow = ReturnType<typeof createFlow>;

/** A call flow that says whatever one can say, as the choices go. */
export function createFlow({ choices, book }: Parts) {
  let answers = 0;

  const LENGTHS = [30, 45, 75, 110, 15];
  const length = () => choices.pick(LENGTHS);
  const say = (source: Source, how: Parameters<Book['say']>[2] = {}) =>
    book.say(source, length(), how);
  const does = (source: Source, action: ActionDraft) => book.does(source, action);
  const hangup = (source: Source) => does(source, { type: 'hangup' });
  const sms = (source: Source) =>
    does(source, { type: 'send_sms', phone_number: '49176', message: source.name });

  function transfer(source: Source): ActionDraft {
    const timeout = choices.chance(0.6) ? { timeout: 20 } : {};
    return does(source, {
      type: 'transfer',
      target_phone_number: '4989',
      caller_id_name: source.name,
      caller_id_number: '49211',
      ...timeout,
    });
  }

  const how = (): Parameters<Book['say']>[2] =>
    choices.pick([
      {},
      {},
      {},
      { barge_in: { strategy: 'none' } },
      { barge_in: { strategy: 'immediate' } },
      { barge_in: { strategy: 'manual' } },
      { user_input_timeout_seconds: 4 },
    ] as const);

  /** What the caller says is answered in one of these ways. */
  const TO_WORDS: readonly ((source: Source) => Made)[] = [
    (own) => ({ actions: [say(own)] }),
    (own) => ({ actions: [say(own, how())] }),
    (own) => ({ actions: [say(own, how())] }),
    (own) => ({ actions: [say(own, how()), say(own, how())] }),
    (own) => ({ actions: [say(own, how()), say(own)] }),
    (own) => hold(own),
    (own) => ({ actions: [say(own), say(own, how()), say(own)] }),
    (own) => ({ actions: [say(own, how()), hangup(own)] }),
    (own) => ({ actions: [say(own), say(own, how()), hangup(own)] }),
    (own) => ({ actions: [say(own, how()), transfer(own)] }),
    (own) => ({ actions: [sms(own), say(own)] }),
    (own) => hold(own),
    (own) => hold(own),
    () => ({ actions: [] }),
    (own) => ({ actions: [choices.chance(0.5) ? hangup(own) : transfer(own)] }),
  ];

  function hold(source: Source): Made {
    return { actions: [say(source, how())], job: job(source) };
  }

  function job({ name, turn, at }: Source): Job {
    const id = `${name}-job`;
    const count = 1 + choices.int(3);
    const dies = choices.chance(0.15);
    const parts = Array.from({ length: count }, (_, index) => {
      const last = index === count - 1;
      const source = book.source({
        name: `p${name}n${index + 1}`,
        kind: 'part',
        at,
        ...(turn !== undefined && { turn }),
      });
      const after = choices.pick([400, 1_500, 4_000, 9_000]);
      return { after, source, actions: ofPart(source, last), last };
    });
    return { id, parts: dies ? parts.slice(0, -1) : parts };
  }

  function ofPart(source: Source, last: boolean): ActionDraft[] {
    const kind = choices.int(10);
    if (last && kind === 9) return [];
    if (last && kind === 8) return [say(source), hangup(source)];
    if (last && kind === 7) return [say(source), transfer(source)];
    if (kind === 6) return [{ type: 'barge_in' }, say(source, how())];
    if (kind === 5) return [say(source), say(source)];
    return [say(source)];
  }

  return {
    answer(kind: Fact['kind'], at: number, turn: number, isMumble: boolean): FlowAnswer {
      const name = `a${++answers}`;
      const source = book.source({
        name,
        kind: 'answer',
        at,
        turn,
        ...(kind === 'start' && { starts: true as const }),
      });
      const thinks = choices.pick([5, 5, 40, 250, 600]);
      return { source, thinks, ...made(kind, source, isMumble) };
    },
    says(asked: 'progress' | 'apology' | 'silence', at: number, turn: number): FlowAnswer {
      const kind = asked === 'apology' ? 'apology' : 'progress';
      const source = book.source({
        name: `${kind === 'progress' ? 'w' : 'y'}${++answers}`,
        kind,
        at,
        turn,
      });
      return { source, thinks: 5, actions: [book.say(source, 20)] };
    },
  };

  function made(kind: Fact['kind'], source: Source, isMumble: boolean): Made {
    switch (kind) {
      case 'start':
        return { actions: greeting(source) };
      case 'words':
        return isMumble ? NOTHING : choices.pick(TO_WORDS)(source);
      case 'silence':
        return { actions: toSilence(source) };
      case 'other':
        return !isMumble && choices.chance(0.4) ? choices.pick(TO_WORDS)(source) : NOTHING;
      case 'ended':
        return choices.chance(0.06) ? { actions: [say(source)] } : NOTHING;
      default:
        return NOTHING;
    }
  }

  function greeting(source: Source): ActionDraft[] {
    return [
      ...(choices.chance(0.2) ? [sms(source)] : []),
      say(source, how()),
      ...(choices.chance(0.2) ? [say(source)] : []),
    ];
  }

  function toSilence(source: Source): ActionDraft[] {
    return choices.chance(0.2)
      ? [say(source), hangup(source)]
      : [say(source, { user_input_timeout_seconds: 4 })];
  }
}
