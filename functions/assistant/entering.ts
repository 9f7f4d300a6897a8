import type { Said } from '../call/answer.ts';
import { type Call, type Entry, type Fact, MAX_KEYS } from '../call/document.ts';
import { soundingAt } from '../call/evidence.ts';
import { type Digits, readKeys, spokenDigits, wordsOf } from '../kit/digits.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Sealing, type Secrets, sealingFor } from '../runtime/sealing.ts';
import type { Answer, Question } from './asking.ts';
import { openForTemplate } from './changes.ts';
import { draftsOf } from './reply.ts';
import type { Result } from './template.ts';
import { goodbyeAfter } from './unprompted.ts';

interface Parts {
  readonly ask: (question: Question) => Promise<Answer>;
  readonly secrets?: Secrets | undefined;
  readonly assets?: Assets | undefined;
  readonly clock: Clock;
}

/** What has happened while digits are being entered. */
export interface Moment {
  readonly question: Question;
  readonly fact: Fact;
  /** What the caller has said, if it may be digits. */
  readonly text?: string | undefined;
}

/** Takes the digits that a call flow has asked for, and hands them over. */
export function createEntering({ ask, secrets, assets, clock }: Parts) {
  /** `undefined` if the event has nothing to do with them. */
  return async function enter(call: Call, moment: Moment): Promise<Answer | undefined> {
    const { entry } = call;
    const { template } = moment.question;
    const { language = template.language } = call;
    const request = template.digits?.find(({ name }) => name === entry?.name);
    if (!entry) return undefined;
    // A newer call flow was deployed meanwhile, which doesn't ask for them.
    if (!request) return askInstead({ ...moment.question, call });
    const spoken = moment.text === undefined ? '' : spokenDigits(moment.text, language);
    return spoken === undefined ? undefined : takeDigits({ call, entry, request, moment }, spoken);
  };

  async function takeDigits(known: Known, spoken: string): Promise<Answer> {
    const { call, entry, request } = known;
    const sealing = await sealingFor(call.id, secrets);
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
    switch (known.moment.fact.kind) {
      case 'silence':
        return whenSilent(known, digits);
      case 'words':
        return { said: { actions: await say(known, digits ? 'more' : 'again') } };
      default:
        return { said: { actions: [] } };
    }
  }

  /** Takes spoken digits, and asks for more. */
  async function goOn(known: Known, spoken: string, sealing: Sealing): Promise<Answer> {
    const { id, at } = known.moment.fact;
    const actions = await say(known, 'more');
    return { said: { actions, entered: { id, at, sealed: sealing.seal(id, spoken) } } };
  }

  async function whenSilent(known: Known, digits: string): Promise<Answer> {
    const { call, entry, request, moment } = known;
    const { template } = moment.question;
    const last = entry.keys.at(-1)?.[2];
    if (last !== undefined && moment.fact.at < last + request.between_seconds * 1000)
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
    const { entry, request, moment } = known;
    const { name, tries } = entry;
    if (tries >= request.tries) return handOver(known, { digits, complete: false });
    const again: Entry = { name, by: moment.fact.id, tries: tries + 1, keys: [] };
    return { said: { actions: await say(known, 'again'), entry: again, ...asked } };
  }

  async function handOver(
    { call, request: { name }, moment: { question, fact } }: Known,
    entered: { digits: string; complete: boolean },
  ): Promise<Answer> {
    const answer = await askInstead({ ...question, call, entered: { name, ...entered } });
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
    const { call, request, moment } = known;
    const { template, turn, heard } = moment.question;
    return draft(known, wordsOf(request, what, openForTemplate(call, turn, heard, template)));
  }

  function draft({ call, moment }: Known, result: Result): Promise<ActionDraft[]> {
    const { template } = moment.question;
    return draftsOf(result, { template, session_id: call.id, socket: call.socket }, assets);
  }
}

interface Known {
  readonly call: Call;
  readonly entry: Entry;
  readonly request: Digits;
  readonly moment: Moment;
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
