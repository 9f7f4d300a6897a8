import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutcomeEvent } from '../../local/outcomes.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';

const ROOT = join(import.meta.dirname, '../..');
const WITH_ITS_PARENT = join(import.meta.dirname, 'with-its-parent.cjs');
/** As `npm start` does. */
const LEAN = './local/lean.js';
/** A machine on which everything else runs as well may take its time. */
const START_MS = 120_000;
const PATIENCE_MS = 20_000;
/**
 * Soon enough for whoever waits for words; more often, sixteen calls at once keep a core busy with
 * being asked.
 */
const POLL_MS = 50;

/** A program of this package as a child process, with what it printed so far. */
export function run(file: string, args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ['--require', WITH_ITS_PARENT, '--import', LEAN, file, ...args],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, PORT: '0', ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    },
  ) as ChildProcessWithoutNullStreams;
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      printed[stream] += chunk;
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, printed, exited };
}

export type LocalRuntime = Awaited<ReturnType<typeof startLocal>>;

/** `node local/start.ts` on any free port, ready to be asked. */
export async function startLocal(env: Record<string, string> = {}) {
  const { child, printed, exited } = run('local/start.ts', [], env);
  void exited.catch(() => {});
  const isOver = () => printed.stdout.includes('\n') || child.exitCode !== null;
  await until(isOver, 'the line with the URL', START_MS).catch(() => child.kill('SIGKILL'));
  const url = /http:\/\/\S+/.exec(printed.stdout)?.[0];
  if (!url) throw new Error(`local/start.ts printed no URL:\n${printed.stdout}${printed.stderr}`);
  return {
    url,
    child,
    printed,
    stop: (signal: NodeJS.Signals = 'SIGINT') => end(child, exited, signal),
  };
}

/**
 * One that has answered a call: the first takes its time, and ten at once on a busy machine take
 * too long.
 */
export async function startWarm(env: Record<string, string> = {}): Promise<LocalRuntime> {
  const runtime = await startLocal(env);
  const first = await placeCall(runtime.url);
  await first.hears(1);
  await first.hangsUp();
  return runtime;
}

let shared: Promise<LocalRuntime> | undefined;

/**
 * A runtime for all files of a worker that need no settings of their own, because a start is three
 * seconds of CPU. It logs all there is, and ends with the worker.
 */
export function sharedRuntime(): Promise<LocalRuntime> {
  shared ??= startWarm({ VERBOSE: '1' });
  return shared;
}

async function end(child: ChildProcess, exited: Promise<number | null>, signal: NodeJS.Signals) {
  child.kill(signal);
  return exited;
}

export interface CallState {
  session_id: string;
  state: 'active' | 'ended';
  timeline: TimelineEntry[];
}

/** The caller of a new call. Fast by default: what is said takes a few milliseconds. */
export async function placeCall(url: string, options: object = { speed: 100 }) {
  const { session_id } = (await (await post(`${url}/simulator/calls`, options)).json()) as {
    session_id: string;
  };
  return callOf(url, session_id);
}

/** Whoever talks to the assistant in a call that is there already. */
export function callOf(url: string, session_id: string) {
  const path = `${url}/simulator/calls/${session_id}`;
  const read = async () => (await (await fetch(path)).json()) as CallState;
  const timeline = async () =>
    ((await (await fetch(`${path}/timeline`)).json()) as CallState).timeline;

  return {
    session_id,
    /** What the functions know of the call, too. */
    read,
    /** Nothing else is read for it, however often it is asked for. */
    timeline,
    says: (text: string) => post(`${path}/speech`, { text }),
    presses: (digit: string) => post(`${path}/dtmf`, { digit }),
    hangsUp: () => post(`${path}/hangup`, {}),
    /** Waits for the `count`th sentence that starts to play. */
    async hears(count: number): Promise<string> {
      const sentences = async () =>
        (await timeline()).filter((entry) => entry.kind === 'playback_started');
      await until(async () => (await sentences()).length >= count, `sentence ${count}`);
      const entry = (await sentences())[count - 1];
      return entry && 'text' in entry ? entry.text : '';
    },
    ends: () => until(async () => (await read()).state === 'ended', 'the end of the call'),
  };
}

export const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Lambda's Invoke API. */
export const invoke = (
  url: string,
  name: string,
  payload: unknown,
  headers: Record<string, string> = {},
) => post(`${url}/2015-03-31/functions/${name}/invocations`, payload, headers);

/** What came of all interruptions, in a word each: the reason of one that was skipped. */
export async function allOutcomes(url: string) {
  const response = await fetch(`${url}/simulator/outcomes`);
  const { outcomes } = (await response.json()) as { outcomes: OutcomeEvent[] };
  return outcomes.map(({ detail_type, detail }) => {
    const known = detail as {
      session_id?: string;
      interruption_id: string;
      reason?: string;
      took_ms?: number;
    };
    const word = known.reason ?? detail_type.replace('Interruption ', '').toLowerCase();
    return { outcome: detail_type, ...known, word };
  });
}

/** The same of one call. */
export const outcomesOf = async (url: string, session_id: string) =>
  (await allOutcomes(url)).filter((outcome) => outcome.session_id === session_id);

/** Polls until `holds`; throws an error that names `what` after `timeout_ms`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  timeout_ms = PATIENCE_MS,
): Promise<void> {
  for (const end = Date.now() + timeout_ms; Date.now() < end; await sleep(POLL_MS))
    if (await holds()) return;
  throw new Error(`waited ${timeout_ms} ms for ${what} in vain`);
}
