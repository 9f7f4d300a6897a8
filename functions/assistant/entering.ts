import type { Said } from '../call/answer.ts';
import { type Call, type Entry, MAX_KEYS } from '../call/document.ts';
import { soundingAt } from '../call/evidence.ts';
import { type Digits, readKeys, spokenDigits, wordsOf } from '../kit/digits.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Sealing, type Secrets, sealingFor } from '../runtime/sealing.ts';
import type { Answer, Question } from './asking.ts';
import { openForTemplate } from './changes.ts';
import { draftsOf } from './reply.ts';
import type { HandlerResult } from './template.ts';
import { goodbyeAfter } from './unprompted.ts';

interface Parts {
  readonly ask: (question: Question) => Promise<Answer>;
  readonly secrets?: Secrets | undefined;
  readonly assets?: Assets | undefined;
  readonly clock: Clock;
}

/** Takes the digits that a call flow has asked for, and hands them over. */
export function createEntering({ ask, secrets, assets, clock }: Parts) {
  /**
   * `text`: what the caller has said, if it may be digits. `undefined` if the event has nothing to
   * do with them.
   */
  return async function enter(question: Question, text?: string): Promise<Answer | undefined> {
    const { call, template } = question;
    const { entry, language = template.language } = call;
    if (!entry) return undefined;
    const request = template.digits?.find(({ name }) => name === entry.name);
    // A newer call flow was deployed meanwhile, which doesn't ask for them.
    if (!request) return askInstead(question);
    const spoken = text === undefined ? '' : spokenDigits(text, language);
    return spoken === undefined ? undefined : takeDigits({ question, entry, request }, spoken);
  };

  async function takeDigits(known: Known, spoken: string): Promise<Answer> {
    const { question, entry, request } = known;
    const sealing = await sealingFor(question.call.id, secrets);
    const pressed = entry.keys.map(([id, sealed]) => sealing.open(id, sealed)).join('');
    const before = readKeys(request, pressed).digits;
    if (isMore(request, before, spoken)) return askAgain(known, before + spoken);
    // A caller who says all digits begins anew.
    const isWhole = spoken.length === request.length;
    const { digits, complete } = readKeys(request, isWhole ? spoken : pressed + spoken);
    const isEnded = spoken !== '' && request.length === undefined;
    if (complete || isEnded) return handOver(known, { digits, complete: true });
    if (spoken !== '') return goOn(known, spoken, sealing);
    return goOnWithout(known, digits);
  }

  async function goOnWithout(known: Known, digits: string): Promise<Answer> {
    switch (known.question.fact.kind) {
      case 'silence':
        return whenSilent(known, digits);
      case 'words':
        return { said: { actions: await say(known, digits ? 'more' : 'again') } };
      default:
        return { said: { actions: [] } };
    }
  }

  async function goOn(known: Known, spoken: string, sealing: Sealing): Promise<Answer> {
    const { id, at } = known.question.fact;
    const actions = await say(known, 'more');
    return { said: { actions, entered: { id, at, sealed: sealing.seal(id, spoken) } } };
  }

  async function whenSilent(known: Known, digits: string): Promise<Answer> {
    const { entry, request, question } = known;
    const { call, template, fact } = question;
    const last = entry.keys.at(-1)?.[2];
    if (last !== undefined && fact.at < last + request.between_seconds * 1000)
      return { said: { actions: await say(known, 'more') } };
    // Silence after the digits ends them.
    if (digits && request.length === undefined) return handOver(known, { digits, complete: true });
    const goodbye = last === undefined ? goodbyeAfter(template, call.asked) : undefined;
    if (goodbye) return { said: { actions: await draft(known, goodbye) } };
    return askAgain(known, digits, last === undefined ? { asked: (call.asked ?? 0) + 1 } : {});
  }

  /** Asks again, until the tries are over: then hands over the `digits` that there are. */
  async function askAgain(
    known: Known,
    digits: string,
    asked: Pick<Said, 'asked'> = {},
  ): Promise<Answer> {
    const { entry, request, question } = known;
    const { name, tries } = entry;
    if (tries >= request.tries) return handOver(known, { digits, complete: false });
    const again: Entry = { name, by: question.fact.id, tries: tries + 1, keys: [] };
    return { said: { actions: await say(known, 'again'), entry: again, ...asked } };
  }

  async function handOver(
    { question, request: { name } }: Known,
    entered: { digits: string; complete: boolean },
  ): Promise<Answer> {
    const { call, fact } = question;
    const answer = await askInstead({ ...question, entered: { name, ...entered } });
    const { actions } = answer.said;
    if (fact.kind !== 'key') return answer;
    return { ...answer, said: { ...answer.said, actions: cutting(actions, call, clock.now()) } };
  }

  /** Asks the call flow; nobody waits for more digits unless it says so. */
  async function askInstead(question: Question): Promise<Answer> {
    const answer = await ask(question);
    return { ...answer, said: { entry: null, ...answer.said } };
  }

  async function say(known: Known, what: 'again' | 'more'): Promise<ActionDraft[]> {
    const { call, template, turn, heard } = known.question;
    const open = openForTemplate(call, turn, heard, template);
    return draft(known, wordsOf(known.request, what, open));
  }

  function draft(
    { question: { call, template } }: Known,
    result: HandlerResult,
  ): Promise<ActionDraft[]> {
    return draftsOf(result, { template, session_id: call.id, socket: call.socket }, assets);
  }
}

interface Known {
  readonly question: Question;
  readonly entry: Entry;
  readonly request: Digits;
}

/** Whether more digits were said than are asked for, so that it is unknown which are meant. */
const isMore = ({ length = MAX_KEYS }: Digits, before: string, spoken: string) =>
  spoken !== '' && spoken.length !== length && before.length + spoken.length > length;

/** Cuts the question once the last key was pressed. */
function cutting(actions: readonly ActionDraft[], call: Call, now: number): readonly ActionDraft[] {
  const sounding = soundingAt(call, now);
  const mayCut = sounding.length > 0 && !sounding.some(({ guarded }) => guarded);
  return mayCut && actions[0]?.type === 'speak' ? [{ type: 'barge_in' }, ...actions] : actions;
}
