import type { ActionDraft } from '../../functions/protocol/actions.ts';

/** Who wants something to be heard or done. */
export interface Source {
  readonly name: string;
  readonly kind: 'answer' | 'progress' | 'apology' | 'part' | 'interruption' | 'then';
  /** When it was asked for. */
  readonly at: number;
  readonly lines: Line[];
  /** The conversation at which it was said: how many things the template had been asked by then. */
  readonly turn?: number;
  /** It answers a start, which may be delivered again. */
  readonly starts?: true;
}

/** A sentence that is to be heard, or something that is to be done: once. */
export interface Line {
  readonly name: string;
  readonly source: Source;
  readonly type: ActionDraft['type'];
  readonly isSound: boolean;
  readonly isProtected: boolean;
  readonly arrivals: Arrival[];
}

/**
 * What left together: by which input, when that was decided, and which write of the store says so.
 */
export interface Batch {
  readonly by: string;
  readonly decided: number;
  /** 0: it went out unwritten. */
  readonly saved: number;
  /** What was said to a start that came twice. */
  readonly again?: boolean;
}

/** A line that has reached the phone. */
export interface Arrival {
  readonly line: Line;
  readonly batch: Batch;
  readonly at: number;
  /** From its second sentence on. */
  readonly isTail: boolean;
  began?: number;
  stopped?: {
    readonly at: number;
    readonly how: 'full' | 'caller' | 'app' | 'over';
    readonly batch?: Batch;
  };
  played: number;
}

export type Book = ReturnType<typeof createBook>;

/**
 * Everything that anybody asks for in a schedule. Each sentence tells by its first word which one
 * it is.
 */
export function createBook() {
  const spoken = new Map<string, Line>();
  const silent = new Map<ActionDraft, Line>();
  const sources: Source[] = [];

  return {
    sources,
    source(source: Omit<Source, 'lines'>): Source {
      const made = { ...source, lines: [] };
      sources.push(made);
      return made;
    },
    say(
      source: Source,
      length: number,
      how: Partial<Extract<ActionDraft, { type: 'speak' }>> = {},
    ): ActionDraft {
      const name = `${source.name}x${source.lines.length + 1}`;
      const text =
        length > 60
          ? `${name} ${filler(length / 2)}. ${name}y ${filler(length / 2)}.`
          : `${name} ${filler(length)}.`;
      const action: ActionDraft = { type: 'speak', text, ...how };
      const line = lineOf(source, name, action);
      spoken.set(name, line);
      spoken.set(`${name}y`, line);
      return action;
    },
    does(source: Source, action: ActionDraft): ActionDraft {
      silent.set(action, lineOf(source, `${source.name}x${source.lines.length + 1}`, action));
      return action;
    },
    find(action: ActionDraft): { line: Line; isTail: boolean } | undefined {
      if (action.type !== 'speak') {
        const line = silent.get(action);
        return line && { line, isTail: false };
      }
      const word = (action.text ?? '').slice(0, (action.text ?? '').indexOf(' '));
      const line = spoken.get(word);
      return line && { line, isTail: word.endsWith('y') };
    },
  };
}

function lineOf(source: Source, name: string, action: ActionDraft): Line {
  const isSound = action.type === 'speak';
  const isProtected = isSound && action.barge_in?.strategy === 'none';
  const line = { name, source, type: action.type, isSound, isProtected, arrivals: [] };
  source.lines.push(line);
  return line;
}

const FILLER =
  'the parcel with your order is on its way and will be with you by tomorrow noon if nothing else happens there ';

const filler = (length: number) => FILLER.slice(0, Math.max(5, Math.round(length))).trim();
