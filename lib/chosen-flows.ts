import { choiceName, distinct, type Flow, flowAt } from './flows.ts';
import { type Declared, readFlow } from './read-flow.ts';

interface Choice {
  /** A name of ours, or the path of a file. */
  readonly template: string;
  readonly templateByNumber?: Readonly<Record<string, string>> | undefined;
}

export interface ChosenFlows {
  /** All that are bundled. */
  readonly flows: readonly Flow[];
  /** For every function that runs them: which one when. */
  readonly environment: Record<string, string>;
  /** What all of them together declare. */
  readonly declared: Required<Declared>;
}

/** Finds and reads the call flows of a deployment. Throws `InvalidFlow`. */
export function chooseFlows({ template, templateByNumber }: Choice): ChosenFlows {
  const otherwise = flowAt(template);
  const numbered = Object.entries(templateByNumber ?? {}).map(
    ([number, given]) => [number, given, flowAt(given)] as const,
  );
  const flows = distinct([otherwise, ...numbered.map(([, , flow]) => flow)]);
  const names = Object.fromEntries(
    numbered.map(([number, given, flow]) => [number, choiceName(given, flow)]),
  );
  return {
    flows,
    environment: {
      TEMPLATE: choiceName(template, otherwise),
      ...(templateByNumber && { TEMPLATE_BY_NUMBER: JSON.stringify(names) }),
    },
    declared: together(flows.map(readFlow)),
  };
}

function together(all: readonly Declared[]): Required<Declared> {
  const of = (key: keyof Declared) => [...new Set(all.flatMap((declared) => declared[key] ?? []))];
  return { assets: of('assets'), env: of('env'), secrets: of('secrets') };
}
