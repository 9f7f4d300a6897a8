import { flows } from '#flows';
import type { Template } from '../assistant/template.ts';
import { chosenOf, type TemplateChoice } from '../assistant/template-choice.ts';
import type { SurroundingsOf } from '../assistant/template-context.ts';
import { type AwsService, awsJsonFor } from '../runtime/aws-json.ts';
import type { Clock } from '../runtime/clock.ts';
import { needed } from '../runtime/declared.ts';
import { declaredEnv, secretPlace } from '../runtime/env.ts';
import { Failure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { createSecrets, type ReadSecret } from '../runtime/secrets.ts';
import { currentSecret } from '../runtime/secrets-manager.ts';
import { refusing } from './refusing.ts';

interface Env {
  readonly template: string;
  readonly templateByNumber: Readonly<Record<string, string>>;
  readonly secretsManager: AwsService;
}

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  /** A caller waits for these functions. */
  readonly preloads?: boolean;
}

/**
 * The call flows that this function was bundled with and chosen for, and what they are given of its
 * environment.
 */
export function chosenFlows(
  env: Env,
  { clock, log, preloads = false }: Parts,
): { readonly templates: TemplateChoice; readonly surroundings: SurroundingsOf } {
  const able = Object.entries(flows).map(([name, flow]) => [name, ableOrRefusing(name, flow, log)]);
  const templates = chosenOf(Object.fromEntries(able), env);
  const { secret, known } = createSecrets({
    read: readerOf(env.secretsManager, clock),
    clock,
    log,
  });
  const waited = preloads ? templates.all.filter(({ preload }) => preload) : [];
  // What can't be read now is tried again when it is asked for; the log has it.
  for (const name of waited.flatMap(({ secrets = [] }) => needed(secrets)))
    secret(name).catch(() => {});
  return {
    templates,
    surroundings(template) {
      const { env, absent } = declaredEnv(template);
      const given: ReadSecret = async (name, options) =>
        absent.includes(name) ? '' : secret(name, options);
      return { env, secret: given, known };
    },
  };
}

function ableOrRefusing(name: string, flow: Template, log: Log): Template {
  const { missing } = declaredEnv(flow);
  if (missing.length === 0) return flow;
  log.error('flow_not_configured', { flow: name, missing });
  return refusing(missing);
}

function readerOf(at: AwsService, clock: Clock) {
  const secretsManager = awsJsonFor('secretsmanager', at, clock);
  return async function read(name: string): Promise<string> {
    const { id, value } = secretPlace(name);
    if (id) return currentSecret(id, secretsManager);
    if (value) return value;
    throw new Failure(`neither ${name} nor ${name}_SECRET_ID is set`);
  };
}
