import type { Json } from '../call/document.ts';
import type { ToolResult, ToolSpec, ToolUse } from './model.ts';
import { faultIn } from './schema.ts';

/** Something that a model may do. */
export interface Tool {
  readonly description: string;
  /** A JSON schema, if there is something to tell: what the model gives is checked against it. */
  readonly input?: Json;
  /**
   * It changes something elsewhere. Asked for the same again in one turn, by a model or by a job
   * that runs again, it isn't run again: the first run counts, whatever came of it.
   */
  readonly effects?: true;
  /** ms, 15 s by default: what takes longer is aborted, and the model is told. */
  readonly timeout_ms?: number;
  /**
   * What the model is told; nothing, if there is nothing left for it to say. What it throws the
   * model is told, too.
   */
  run(input: Json, context: ToolContext): Promise<Json | void>;
}

export interface ToolContext {
  /** Aborted when nobody waits for it any more, or it takes too long. */
  readonly signal: AbortSignal;
  /** The same whenever the same is asked in one turn: whom it calls can tell a repetition by it. */
  readonly key: string;
}

/** By name. */
export type Tools = Readonly<Record<string, Tool>>;

/** What a tool came to that a model asked for. */
export interface Used {
  readonly name: string;
  /** Missing, if it has nothing to tell. */
  readonly result?: ToolResult;
  readonly ms: number;
  /** For the log. */
  readonly error?: unknown;
}

const TIMEOUT_MS = 15_000;
/** Of JSON: a model reads it all before it says the next word. */
const MAX_RESULT_CHARACTERS = 8_000;
/** Runs of tools with effects, of this and other calls: those of jobs that may run again. */
const MAX_RUNS = 200;
const runs = new Map<string, Promise<Json | void>>();

export const specsOf = (tools: Tools): ToolSpec[] =>
  Object.entries(tools).map(([name, { description, input = NOTHING }]) => ({
    name,
    description,
    input,
  }));
const NOTHING = { type: 'object', properties: {} };

interface Turn {
  readonly tools: Tools;
  /** Names the turn, among all of all calls. */
  readonly key: string;
  readonly now: () => number;
}

/** Uses a tool. Throws only what `signal` is aborted with: the model is told everything else. */
export async function use(asked: ToolUse, turn: Turn, signal: AbortSignal): Promise<Used> {
  const { toolUseId, name } = asked;
  const began = turn.now();
  const done = (json: Json | void) => ({
    name,
    ms: turn.now() - began,
    ...(json !== undefined && { result: resultOf(toolUseId, json) }),
  });
  const tool = Object.hasOwn(turn.tools, name) ? turn.tools[name] : undefined;
  if (!tool) return done({ error: `There is no tool ${JSON.stringify(name)}.` });
  const fault = faultIn(asked.input, (tool.input ?? NOTHING) as object);
  if (fault !== undefined) return done({ error: `${fault}.` });
  const key = keyOf(asked, turn.key);
  try {
    const result = tool.effects
      ? await once(key, () => inTime(tool, asked.input, key, signal))
      : await inTime(tool, asked.input, key, signal);
    signal.throwIfAborted();
    return done(result);
  } catch (error) {
    signal.throwIfAborted();
    return { ...done({ error: messageOf(error) }), error };
  }
}

/** A tool may have failed with what nobody is to hear: only what says so of itself is passed on. */
function messageOf(error: unknown): string {
  if (error instanceof ToolLate) return 'It took too long. It may have been done all the same.';
  const exposed = error instanceof Error && 'expose' in error && error.expose === true;
  return exposed ? error.message : 'It failed.';
}

class ToolLate extends Error {
  override readonly name = 'ToolLate';
  readonly expose = true;
}

async function inTime(tool: Tool, input: Json, key: string, signal: AbortSignal) {
  signal.throwIfAborted();
  const { timeout_ms = TIMEOUT_MS } = tool;
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(
    () => own.abort(new ToolLate(`no result within ${timeout_ms} ms`)),
    timeout_ms,
  );
  try {
    return await Promise.race([tool.run(input, { signal: own.signal, key }), aborted(own.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );

function once(key: string, run: () => Promise<Json | void>): Promise<Json | void> {
  const known = runs.get(key);
  if (known) return known;
  const running = run();
  runs.set(key, running);
  const [oldest] = runs.keys();
  if (runs.size > MAX_RUNS && oldest !== undefined) runs.delete(oldest);
  return running;
}

function resultOf(toolUseId: string, json: Json): ToolResult {
  const text = JSON.stringify(json);
  const told =
    text.length > MAX_RESULT_CHARACTERS ? { cut: text.slice(0, MAX_RESULT_CHARACTERS) } : json;
  return { toolUseId, content: [{ json: told }] };
}

/** However a model orders what it gives. */
const keyOf = ({ name, input }: ToolUse, turn: string) =>
  `${turn}:${name}:${JSON.stringify(isPlain(input) ? Object.entries(input).sort() : input)}`;

const isPlain = (input: Json): input is { [key: string]: Json } =>
  typeof input === 'object' && input !== null && !Array.isArray(input);
