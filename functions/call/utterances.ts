import type { ActionDraft } from '../protocol/actions.ts';
import { wordsOf } from '../protocol/ssml.ts';
import type { Call, Length, Origin, Sent, Utterance } from './document.ts';
import { expectedMs, lengthOf } from './length.ts';
import { printOf } from './words.ts';

type Heard = Extract<ActionDraft, { type: 'speak' | 'audio' }>;

export const isHeard = (action: ActionDraft): action is Heard =>
  action.type === 'speak' || action.type === 'audio';

export const isSaid = (actions: readonly ActionDraft[]) => actions.some(isHeard);

/** Cuts what is being said, and says nothing instead. */
export const isSilence = (actions: readonly ActionDraft[]) =>
  actions.some(({ type }) => type === 'barge_in') && !isSaid(actions);

/** What comes after a `transfer` or `hangup` would never be heard. */
export const endOf = (actions: readonly ActionDraft[]): Utterance['ends'] =>
  actions.find(({ type }) => type === 'transfer' || type === 'hangup')?.type as Utterance['ends'];

/** What all utterances of one result have in common. */
export type Common = Pick<Utterance, 'from' | 'start'> &
  Partial<Pick<Utterance, 'turn' | 'trigger' | 'job' | 'behind' | 'rules' | 'expires_at'>>;

/**
 * Actions as utterances, in their order: a sentence each, with what goes out before it. Sentences go out together; what
 * would cut one stands behind it. Keys are `key`, `key.1`, …
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

/** What these end the call with falls when the caller goes on talking; an interruption's `then` doesn't. */
const FALLS: ReadonlySet<Origin> = new Set(['answer', 'job', 'progress']);

/** Cut behind each sentence, and before what would cut one. */
function partsOf(actions: readonly ActionDraft[]): ActionDraft[][] {
  const parts: ActionDraft[][] = [];
  let open: ActionDraft[] = [];
  let heard = false;
  for (const action of actions) {
    if (heard && (action.type === 'hangup' || action.type === 'transfer') && open.length > 0) {
      parts.push(open);
      open = [];
    }
    open.push(action);
    if (isHeard(action)) {
      parts.push(open);
      open = [];
      heard = true;
    }
  }
  return open.length > 0 ? [...parts, open] : parts;
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

/** Whether an utterance was answered to that input: keys are those of {@link utterancesOf}. */
export const isAnswerTo = (key: string, by: string) => key === by || key.startsWith(`${by}.`);

/** How long it takes, ms; 0 for what makes no sound. */
export const msOf = ({ length }: Utterance) => (length ? expectedMs(length) : 0);

/** Whether it waits to say again what that one has cut, or what was cut of that one. */
export const isRestOf = ({ key, from, sent }: Utterance, of: string) =>
  from === 'rest' && !sent && key.startsWith(`${of}.r`);

/** Something newer has been answered than what it answers, or was bound to. */
export const isOvertaken = (call: Call, { rules, turn }: Utterance): boolean =>
  (rules?.if_turn ?? turn ?? call.turn) < call.turn;

/** The utterance of that key. */
export const utteranceIn = ({ queue }: Call, key: string | undefined) =>
  queue.find((one) => one.key === key);

/** It, or what it follows, was asked for elsewhere: it isn't part of the conversation. */
export const isFromElsewhere = ({ from }: Pick<Utterance, 'from'>) =>
  from === 'interruption' || from === 'then';

/** It is being sent: nobody knows yet whether AI Flow takes it. */
export const isBeingSent = (one: Utterance | undefined) => one?.sent?.unsure === true;

/** Nobody knows that it has arrived, or ever will. */
export const isUnconfirmed = (one: Utterance | undefined) => one?.sent?.unsure !== undefined;

/** That has been published. */
export const isToldInDoubt = ({ sent }: Utterance) =>
  sent?.unsure === 'told' || sent?.doubted === true;

/** What is waiting, in order. */
export const waitingIn = ({ queue }: Call) => queue.filter(({ sent }) => !sent);

/** What has left and makes a sound. */
export type Sound = Utterance & { readonly sent: Sent; readonly length: Length };

export const isSound = (one: Utterance): one is Sound =>
  one.sent !== undefined && one.length !== undefined;

/** All that does, in order. */
export const soundsIn = ({ queue }: Call) => queue.filter(isSound);

/** What is heard before it. */
export function soundBefore(call: Call, { key }: Utterance): Sound | undefined {
  const sounds = soundsIn(call);
  return sounds[sounds.findIndex((one) => one.key === key) - 1];
}

/** What is heard behind it. */
export function soundsAfter(call: Call, key: string): Sound[] {
  const sounds = soundsIn(call);
  const place = sounds.findIndex((one) => one.key === key);
  return place < 0 ? [] : sounds.slice(place + 1);
}

/** The same with an utterance changed. */
export const change = (
  call: Call,
  key: string,
  change: (utterance: Utterance) => Utterance,
): Call => ({
  ...call,
  queue: call.queue.map((one) => (one.key === key ? change(one) : one)),
});

/** What belongs to an utterance behind it, or goes out with it, and what belongs to that. */
export function followersOf(call: Call, key: string): Utterance[] {
  const before = utteranceIn(call, key);
  const direct = call.queue.filter(
    (one) => (one.behind === key && !isAnsweredMeanwhile(one, before)) || one.with === key,
  );
  return direct.flatMap((one) => [one, ...followersOf(call, one.key)]);
}

/** The call flow has let an interruption, or a part of a job, go first, so as not to talk over it. */
const isAnsweredMeanwhile = ({ from }: Utterance, before: Utterance | undefined) =>
  before?.trigger !== undefined && (from === 'answer' || from === 'progress');
