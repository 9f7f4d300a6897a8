import type { Said as Answered } from '../call/answer.ts';
import type { Call } from '../call/document.ts';
import type { Asked } from '../call/meaning.ts';
import { hangup } from '../protocol/builders.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Log } from '../runtime/log.ts';
import { draftsOf } from './reply.ts';
import { saidAsList } from './said.ts';
import { type Result, type Said, SILENCE, type Template } from './template.ts';

interface Parts {
  readonly assets?: Assets | undefined;
  readonly log: Log;
}

/** What a call flow has declared for the moments at which it isn't asked. */
export function createUnprompted({ assets, log }: Parts) {
  return async function unprompted(
    asked: Asked,
    template: Template,
    call: Call,
  ): Promise<Answered | undefined> {
    const { id: session_id, jobs } = call;
    const say = (result: Result) => draftsOf(result, { template, session_id }, assets);
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
        const { asked = 0 } = call;
        return { actions: await say(intoSilence(template, asked)), asked: asked + 1 };
      }
      case 'repeat':
        return { actions: [], repeat: true };
      default:
        return undefined;
    }
  };
}

/** Asks; and takes leave of somebody who hasn't answered often enough. */
const intoSilence = (template: Template, asked: number): Result =>
  goodbyeAfter(template, asked) ?? template.silence?.ask;

/** What ends the call of somebody who has been asked so often. */
export function goodbyeAfter(
  { silence }: Template,
  asked = 0,
): Exclude<Said, string>[] | undefined {
  if (!silence || asked < (silence.times ?? SILENCE.times)) return undefined;
  const goodbye = saidAsList(silence.goodbye);
  return goodbye.some(({ type }) => type === 'hangup') ? goodbye : [...goodbye, hangup()];
}
