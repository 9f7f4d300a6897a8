import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { nameOf } from '../functions/runtime/declared.ts';
import {
  choiceName,
  distinct,
  type Flow,
  flowAt,
  InvalidFlow,
  isOurs,
  ownPaths,
  shippedNames,
} from '../lib/flows.ts';
import { readFlow } from '../lib/read-flow.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

/** For those that we ship. */
const STAND_INS = join(import.meta.dirname, 'stand-ins');

/**
 * What stands in for the world on this machine: it runs as long as the runtime does, and gives the
 * variables to reach it by.
 */
export interface StandIn {
  readonly env: Readonly<Record<string, string>>;
  stop?(): Promise<void>;
}

/**
 * Default export of `flows/pizza.local.ts`, or for one of ours of `local/stand-ins/<name>.ts`;
 * `dynamodb` is the URL of the embedded database, where tables may be made.
 */
export type StartStandIn = (machine: { readonly dynamodb: string }) => Promise<StandIn>;

export interface ChosenFlows {
  /** All that a call may follow: ours, yours, and those that are chosen. */
  readonly flows: readonly Flow[];
  /** Names: which one when. */
  readonly template: string;
  readonly templateByNumber: Readonly<Record<string, string>>;
}

/**
 * Reads the call flows. Throws `InvalidFlow` for a chosen one; another one of yours that is broken
 * is left out, and that is said.
 */
export function chooseFlows({ template, templateByNumber }: Settings, log: Log): ChosenFlows {
  const otherwise = flowAt(template);
  const numbered = Object.entries(templateByNumber).map(
    ([number, given]) => [number, given, flowAt(given)] as const,
  );
  const chosen = distinct([otherwise, ...numbered.map(([, , flow]) => flow)]);
  return {
    flows: distinct([
      ...chosen,
      ...others(chosen, log),
      ...shippedNames().map((name) => flowAt(name)),
    ]),
    template: choiceName(template, otherwise),
    templateByNumber: Object.fromEntries(
      numbered.map(([number, given, flow]) => [number, choiceName(given, flow)]),
    ),
  };
}

/**
 * Starts what stands in for the world of these flows; `env` is for the functions: the choice, and
 * what flows declare.
 */
export async function startStandIns(
  { flows, template, templateByNumber }: ChosenFlows,
  variables: Settings['variables'],
  dynamodb: string,
): Promise<Required<StandIn>> {
  const env: Record<string, string> = {
    TEMPLATE: template,
    TEMPLATE_BY_NUMBER: JSON.stringify(templateByNumber),
  };
  const running: StandIn[] = [];
  const stop = async () => {
    for (const standIn of running.splice(0)) await standIn.stop?.();
  };
  try {
    for (const flow of flows) {
      const declared = namesOf(flow);
      const given = Object.fromEntries(
        declared.flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])),
      );
      const standIn = declared.every((name) => given[name])
        ? undefined
        : await standInOf(flow, dynamodb);
      if (standIn) running.push(standIn);
      // Flows that share a name share its value, as they do where they are deployed: the chosen
      // one's.
      Object.assign(env, { ...standIn?.env, ...given, ...env });
    }
    return { env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Yours that aren't chosen: a mistake in one of them stops no other. */
function others(chosen: readonly Flow[], log: Log): Flow[] {
  return ownPaths().flatMap((path) => {
    try {
      const flow = flowAt(path);
      const isChosen = chosen.some(({ name }) => name === flow.name);
      if (!isChosen) readFlow(flow);
      return isChosen ? [] : [flow];
    } catch (error) {
      if (!(error instanceof InvalidFlow)) throw error;
      log(`${path} is left out: ${error.message}`);
      return [];
    }
  });
}

function namesOf(flow: Flow): string[] {
  const { env = [], secrets = [] } = readFlow(flow);
  return [...env, ...secrets].map(nameOf);
}

async function standInOf(flow: Flow, dynamodb: string): Promise<StandIn | undefined> {
  const { name, file } = flow;
  const at = isOurs(flow)
    ? join(STAND_INS, `${name}${extname(file)}`)
    : file.replace(/\.([cm]?[jt]s)$/, '.local.$1');
  if (!existsSync(at)) return undefined;
  const { default: start } = (await import(at)) as { default: StartStandIn };
  return start({ dynamodb });
}
