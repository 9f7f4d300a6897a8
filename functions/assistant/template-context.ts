import type { CallStore } from '../call/call-store.ts';
import type { Call } from '../call/document.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import { nameOf } from '../runtime/declared.ts';
import { Failure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { ReadSecret } from '../runtime/secrets.ts';
import type { TranscriptEntry } from '../sessions/history.ts';
import type { Template, TemplateContext } from './template.ts';
import type { TemplateChoice } from './template-choice.ts';
import { logFor } from './template-log.ts';

/** What a template has declared, as it is given to it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly secret: ReadSecret;
  /** The secrets that have been read: they are kept out of the log. */
  known(): readonly string[];
}
export type SurroundingsOf = (template: Template) => Surroundings;

/** What it takes to run a template. */
export interface TemplateParts {
  readonly templates: TemplateChoice;
  readonly sessions: CallStore;
  /** Without them nothing is played by name. */
  readonly assets?: Assets | undefined;
  /** By default templates are given no variables and no secrets. */
  readonly surroundings?: SurroundingsOf | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

type Parts = Pick<TemplateParts, 'surroundings' | 'clock' | 'log'>;

/** Makes what handlers are handed beside event and session. */
type Contexts = (template: Template, about: About) => TemplateContext;

/** What a handler is asked about. */
interface About {
  readonly call: Pick<Call, 'id' | 'caller' | 'callee'>;
  readonly heard?: readonly TranscriptEntry[];
  /** What the caller has just said, if anything. */
  readonly words?: unknown;
  /** Secret digits that they have just entered. */
  readonly entered?: string | undefined;
  readonly signal: AbortSignal;
}

export function createContexts({ clock, log, surroundings = nothing }: Parts): Contexts {
  return (template, { call, heard = [], words, entered, signal }) => {
    const { env, secret, known } = surroundings(template);
    const said = [words, ...heard.map(({ role, text }) => role === 'caller' && text)];
    const hidden = () => ({
      numbers: [call.caller, call.callee].filter((number) => number !== undefined),
      texts: said.filter((text): text is string => typeof text === 'string' && text !== ''),
      secrets: entered ? [...known(), entered] : known(),
    });
    return {
      signal,
      now: clock.now,
      log: logFor(log, call.id, hidden),
      env,
      secret: declaredOnly(template, secret),
    };
  };
}

const nothing: SurroundingsOf = () => ({
  env: {},
  secret: async (name) => {
    throw new Failure(`the secret ${name} is not configured`);
  },
  known: () => [],
});

const declaredOnly =
  ({ secrets = [] }: Template, secret: ReadSecret): ReadSecret =>
  async (name, options) => {
    if (secrets.map(nameOf).includes(name)) return secret(name, options);
    throw new Failure(
      `the template doesn't declare this secret: write defineTemplate({ secrets: ['…'], … }) with its name`,
    );
  };
