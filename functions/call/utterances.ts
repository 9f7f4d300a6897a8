import type { ActionDraft } from '../protocol/actions.ts';
import { wordsOf } from '../protocol/ssml.ts';
import type { Call, Length, Origin, Sent, Utterance } from './document.ts';
import { expectedMs, lengthOf } from './length.ts';
import { printOf } from './words.ts';

type Heard = Extract<ActionDraft, { type: 'speak' | 'audio' }>;

export const isHeard = (action: ActionDraft): action is Heard =>
  action.type === 'speak' || action.type === 'audio';

export const isSaid = (actions: readonly ActionDraft[]) => actions.some(isHeard);

/** Whether they cut what is being said and say nothing instead. */
export const isSilence = (actions: readonly ActionDraft[]) =>
  actions.some(({ type }) => type === 'barge_in') && !isSaid(actions);

export const bargesIn = ({ actions }: Utterance) => actions.some(({ type }) => type === 'barge_in');

/** How these end the call, if they do. Nothing after a `transfer` or `hangup` would be heard. */
export const endOf = (actions: readonly Pick<ActionDraft, 'type'>[]): Utterance['ends'] =>
  actions.find(({ type }) => type === 'transfer' || type === 'hangup')?.type as Utterance['ends'];

/** What all utterances of one result have in common. */
export type Common = Pick<Utterance, 'from' | 'start'> &
  Partial<Pick<Utterance, 'turn' | 'trigger' | 'job' | 'behind' | 'rules' | 'expires_at'>>;

/**
 * Turns actions into utterances, in order: one for each sentence, with the silent actions before
 * it. Sentences go out together; what would cut a sentence stands behind it. Keys are `key`,
 * `key.1`, …
 */
export function utterancesOf(
  actions: readonly ActionDraft[],
  key: string,
  common: Common,
): Utterance[] {
  const made: Utterance[] = [];
  for (const part of partsOf(actions)) {
    const ends = endOf(part);
    const heard = ends && made.findLast(({ length }) => length);
    const before = made.at(-1);
    made.push({
      ...common,
      key: before ? `${key}.${made.length}` : key,
      actions: part,
      ...aboutSound(part, common.rules?.urgent ?? false),
      ...(ends && { ends }),
      ...(heard && FALLS.has(common.from) && { falls: true }),
      ...(heard ? { behind: heard.key } : before && { with: before.key, behind: undefined }),
    } as Utterance);
  }
  return made;
}

/**
 * If the caller goes on talking, these don't end the call any more. An interruption's `then` does.
 */
const FALLS: ReadonlySet<Origin> = new Set(['answer', 'job', 'progress']);

/** Split after each sentence, and before an action that would cut one. */
function partsOf(actions: readonly ActionDraft[]): ActionDraft[][] {
  const parts: ActionDraft[][] = [];
  let open: ActionDraft[] = [];
  const close = () => {
    if (open.length > 0) parts.push(open);
    open = [];
  };
  for (const action of actions) {
    if (parts.length > 0 && endOf([action])) close();
    open.push(action);
    if (isHeard(action)) close();
  }
  close();
  return parts;
}

function aboutSound(actions: readonly ActionDraft[], urgent: boolean): Partial<Utterance> {
  const said = actions.find(isHeard);
  if (!said) return {};
  const strategy = said.barge_in?.strategy;
  const print = said.type === 'speak' ? printOf(said) : undefined;
  const guarded = strategy === 'none' ? 'protected' : urgent ? 'urgent' : undefined;
  const seconds = said.type === 'speak' ? said.user_input_timeout_seconds : undefined;
  return {
    length: lengthOf(said, said.type === 'speak' ? wordsOf(said) : ''),
    ...(print && { print }),
    ...(guarded && { guarded }),
    ...(strategy === 'immediate' && { immediate: true }),
    ...(seconds && { timer: { seconds } }),
  };
}

/** Whether the utterance of that key answers that input. Keys are those of {@link utterancesOf}. */
export const isAnswerTo = (key: string, by: string) => key === by || key.startsWith(`${by}.`);

/** Without the answer to that input, which nobody has heard. */
export const withoutAnswer = (call: Call, by: string): Call => ({
  ...call,
  queue: call.queue.filter(({ key }) => !isAnswerTo(key, by)),
});

/** How long it takes, ms; 0 for what makes no sound. */
export const msOf = ({ length }: Utterance) => (length ? expectedMs(length) : 0);

/** Whether it is a waiting rest: of what that utterance cut, or of that utterance itself. */
export const isRestOf = ({ key, from, sent }: Utterance, of: string) =>
  from === 'rest' && !sent && key.startsWith(`${of}.r`);

/** Whether a newer turn was decided than the one that it answers, or is bound to. */
export const isOvertaken = (call: Call, { rules, turn }: Utterance): boolean =>
  (rules?.if_turn ?? turn ?? call.turn) < call.turn;

export const utteranceIn = ({ queue }: Call, key: string | undefined) =>
  queue.find((one) => one.key === key);

/** Whether it comes from an interruption, and so isn't part of the conversation. */
export const isFromElsewhere = ({ from }: Pick<Utterance, 'from'>) =>
  from === 'interruption' || from === 'then';

/** Whether it is just being sent, so that nobody knows yet if AI Flow takes it. */
export const isBeingSent = (one: Utterance | undefined) => one?.sent?.unsure === true;

/** Whether nobody knows that it has arrived; perhaps nobody ever will. */
export const isUnconfirmed = (one: Utterance | undefined) => one?.sent?.unsure !== undefined;

/** Whether it was published as in doubt. */
export const isToldInDoubt = ({ sent }: Utterance) =>
  sent?.unsure === 'told' || sent?.doubted === true;

export const waitingIn = ({ queue }: Call) => queue.filter(({ sent }) => !sent);

/** What that input has sent, in order. */
export const sentBy = ({ queue }: Call, by: string) => queue.filter(({ sent }) => sent?.by === by);

/** An utterance that was sent and makes a sound. */
export type Sound = Utterance & { readonly sent: Sent; readonly length: Length };

export const isSound = (one: Utterance): one is Sound =>
  one.sent !== undefined && one.length !== undefined;

export const soundsIn = ({ queue }: Call) => queue.filter(isSound);

export function soundBefore(call: Call, { key }: Utterance): Sound | undefined {
  const sounds = soundsIn(call);
  return sounds[sounds.findIndex((one) => one.key === key) - 1];
}

export function soundsAfter(call: Call, key: string): Sound[] {
  const sounds = soundsIn(call);
  const place = sounds.findIndex((one) => one.key === key);
  return place < 0 ? [] : sounds.slice(place + 1);
}

export const change = (
  call: Call,
  key: string,
  change: (utterance: Utterance) => Utterance,
): Call => ({
  ...call,
  queue: call.queue.map((one) => (one.key === key ? change(one) : one)),
});

/** What goes out with an utterance or belongs behind it, and so on for each of those. */
export function followersOf(call: Call, key: string): Utterance[] {
  const before = utteranceIn(call, key);
  const direct = call.queue.filter(
    (one) => (one.behind === key && !isAnsweredMeanwhile(one, before)) || one.with === key,
  );
  return direct.flatMap((one) => [one, ...followersOf(call, one.key)]);
}

/**
 * Whether it is an answer that only let an interruption or a part of a job go first, and doesn't
 * depend on it.
 */
export const isAnsweredMeanwhile = ({ from }: Utterance, before: Utterance | undefined) =>
  before?.trigger !== undefined && (from === 'answer' || from === 'progress');

/** Its key, and the keys of what goes out with it in one array, in order. */
export function inOneBreath(call: Call, key: string): string[] {
  const next = call.queue.find((one) => one.with === key);
  return [key, ...(next ? inOneBreath(call, next.key) : [])];
}
