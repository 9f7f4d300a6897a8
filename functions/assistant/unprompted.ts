import type { Said } from '../call/answer.ts';
import type { Call } from '../call/document.ts';
import type { Asked } from '../call/meaning.ts';
import { endOf } from '../call/utterances.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { hangup } from '../protocol/builders.ts';
import type { Log } from '../runtime/log.ts';
import { saidAsList } from './said.ts';
import { type HandlerResult, type Sayable, SILENCE, type Template } from './template.ts';

/** As it goes out. Throws nothing. */
type Say = (result: HandlerResult) => Promise<readonly ActionDraft[]>;

/** What a call flow has declared for the moments at which it isn't asked. */
export function createUnprompted(log: Log) {
  return async function unprompted(
    asked: Asked,
    template: Template,
    { id: session_id, jobs, asked: times = 0 }: Call,
    say: Say,
  ): Promise<Said | undefined> {
    if (typeof asked === 'object') return { actions: [], ...asked };
    switch (asked) {
      case 'progress':
        return { actions: await say(template.progress), from: 'progress' };
      case 'apology': {
        log.error('job_lost', { session_id });
        const lost = jobs[0]?.key;
        return { actions: await say(template.apology ?? template.fallback), ...(lost && { lost }) };
      }
      case 'silence': {
        const said = goodbyeAfter(template, times) ?? template.silence?.ask;
        return { actions: await say(said), asked: times + 1 };
      }
      case 'repeat':
        return { actions: [], repeat: true };
      default:
        return undefined;
    }
  };
}

/** What ends the call of somebody who has been asked so often. */
export function goodbyeAfter(
  { silence }: Template,
  asked = 0,
): Exclude<Sayable, string>[] | undefined {
  if (!silence || asked < (silence.times ?? SILENCE.times)) return undefined;
  const goodbye = saidAsList(silence.goodbye);
  return endOf(goodbye) ? goodbye : [...goodbye, hangup()];
}
