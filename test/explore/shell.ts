import { createUnwritten } from '../../functions/assistant/unwritten.ts';
import type { Answering, Said } from '../../functions/call/answer.ts';
import type { Stored } from '../../functions/call/call-store.ts';
import type { Decision, Input } from '../../functions/call/decide.ts';
import type { Delivery } from '../../functions/call/delivered.ts';
import type { Call, Fact, JobMark, Utterance } from '../../functions/call/document.ts';
import type { Push, Ways } from '../../functions/call/interrupt.ts';
import type { Asked, Reading } from '../../functions/call/meaning.ts';
import type { Outcome, OutcomeEvent } from '../../functions/call/outcome.ts';
import { SENT_WITHIN_MS } from '../../functions/call/settle.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import type { Log } from '../../functions/runtime/log.ts';
import { TRIES_OF_WHAT_HAPPENED } from '../../functions/sessions/deciding.ts';
import type { Batch } from './book.ts';
import type { Choices } from './choices.ts';
import type { Coverage } from './coverage.ts';
import type { Flow, Job } from './flow.ts';
import type { Judge } from './judge.ts';
import type { Order } from './orders.ts';
import type { Phone, Report } from './phone.ts';
import type { Document } from './store.ts';
import type { Time } from './time.ts';
import type { Faults, Weather } from './weather.ts';

/** What is explored: the code, or a mutant of it. */
export interface Heart {
  decide(document: Call | undefined, input: Input, now: number): Decision;
  meaningOf(call: Call, id: string, now: number, reading: Reading): Asked;
  turnOf(call: Call, id: string, now: number): number;
  keyOf(id: string): string;
  printOf(written: { text: string }): string | undefined;
}

interface Parts {
  readonly heart: Heart;
  readonly time: Time;
  readonly choices: Choices;
  readonly weather: Weather;
  readonly faults: Faults;
  readonly document: Document;
  readonly flow: Flow;
  readonly judge: Judge;
  readonly coverage: Coverage;
  readonly trace: (line: () => string) => void;
  phone(): Phone;
}

/** What was decided, when, and by which write: 0 where nobody knows. */
interface Done {
  readonly decision?: Decision;
  /** Where nobody knows whether it was written. */
  readonly attempted?: Decision;
  readonly at: number;
  readonly saved: number;
}

/** The template has so long, ms, and AI Flow waits so long. */
const UNTIL_MS = 1_000;
const TRIES = 5;
const AGAIN_MS = 2_000;
const HELD_UP: Delivery = {
  status: 'refused',
  code: 'unreachable',
  message: 'frozen',
  retryable: true,
};
const silentLog: Log = { info() {}, warn() {}, error() {} };
const AS_WANTED = 'as the schedule wants it';
const JOB_MS = 50_000;
const ASKS_AFTER_SECONDS = 6;

/**
 * The functions around the heart, as far as they matter to it: who reads, decides, writes and
 * sends, and what fails.
 */
export function createShell(parts: Parts) {
  const { heart, time, choices, weather, faults, document, flow, judge, coverage, trace } = parts;
  const ways: Ways = {
    channel: weather.way === 'push' || weather.way === 'both',
    websocket: weather.way === 'websocket' || weather.way === 'both',
  };
  const hasSocket = ways.websocket;
  /** Half of all call flows have manners: they ask into silence, and know who only listens. */
  const hasManners = choices.chance(0.5);
  const prints = new Map<string, string>();
  let attempts = 0;
  let socket = 1;
  let newest = 0;
  /** What leaves first arrives first. */
  let arrived = 0;

  const unwritten = createUnwritten({
    sessions: { record },
    clock: time,
    log: silentLog,
  });

  return { deliver, order, cancel, loseSocket, turn: () => newest };

  async function record(_id: string, fact: Fact): Promise<Stored> {
    const stored = document.record(fact);
    judge.records(fact, document.writes());
    return stored;
  }

  function latency(): number {
    if (faults.speed === 'frozen' && choices.chance(0.05))
      return choices.pick([1_500, 4_000, 9_000]);
    return choices.pick([4, 2, 9, 20]);
  }

  function dies() {
    return faults.crashes === 'some' && choices.chance(0.03);
  }

  /** Goes on a little later, unless it dies before. */
  function goOn(run: () => void) {
    const ms = latency();
    if (dies()) return trace(() => 'a function dies');
    time.after(ms, run);
  }

  /** Something of the platform arrives. */
  function deliver(report: Report, id: string) {
    const at = time.now();
    goOn(() => {
      const fact = factOf(report, id, at);
      const stored = document.record(fact);
      judge.records(fact, document.writes());
      trace(() => `recorded ${JSON.stringify(report)} as ${id}`);
      coverage.count('event', fact.kind);
      if (faults.writes === 'repeated' && choices.chance(0.1))
        time.after(latency(), () => document.record(fact));
      if (fact.kind !== 'gone') answerTo(fact, stored, report);
    });
  }

  function printOf(text: string): string {
    const print = prints.get(text) ?? heart.printOf({ text }) ?? '';
    prints.set(text, print);
    return print;
  }

  function factOf({ kind, text, ms, started, cuts }: Report, id: string, at: number): Fact {
    const print = text === undefined ? undefined : printOf(text);
    const from = { id, at, ...(hasSocket && { socket: `s${socket}` }) };
    switch (kind) {
      case 'start':
        return { ...from, kind, caller: '49176', callee: '49211' };
      case 'words':
        return {
          ...from,
          kind,
          print: print ?? '',
          ms: ms ?? 0,
          until: at + UNTIL_MS,
          ...(cuts && { cuts }),
        };
      case 'began':
        return {
          ...from,
          kind,
          ...(print !== undefined && { print }),
          ...(ms !== undefined && { ms }),
          ...(started !== undefined && { started }),
        };
      default:
        return { ...from, kind } as Fact;
    }
  }

  function answerTo(fact: Fact, stored: Stored, report: Report) {
    const isMumble = report.text === 'mhm';
    const asked = heart.meaningOf(stored.call, fact.id, time.now(), {
      handlesSilence: true,
      ...(hasManners && isMumble && { manner: 'listens' }),
    });
    coverage.count('asked', typeof asked === 'string' ? asked : Object.keys(asked).join());
    const answered = said(asked, fact, stored.call, report);
    const { id, kind, at } = fact;
    const event: Answering = {
      id,
      kind,
      at,
      answerable: kind !== 'voice' && kind !== 'over',
      pushes: ways.channel || hasSocket,
      ...(hasManners && { asks_after: ASKS_AFTER_SECONDS }),
      ...(answered && { said: answered.said }),
    };
    if (answered) judge.asked(fact, answered.said, answered.turn, asked, time.now());
    time.after(answered?.thinks ?? 0, () =>
      commit(stored, { kind: 'event', event }, id, (done) =>
        answer(fact, event, done, answered?.job, asked),
      ),
    );
  }

  function said(
    asked: Asked,
    fact: Fact,
    call: Call,
    report: Report,
  ): { said: Said; thinks: number; turn: number; job?: Job } | undefined {
    if (asked === 'nothing' || asked === 'entry' || fact.kind === 'voice') return undefined;
    const turn = heart.turnOf(call, fact.id, time.now());
    newest = Math.max(newest, turn);
    if (asked === 'repeat') return { said: { actions: [], repeat: true }, thinks: 0, turn };
    if (asked === 'template') return saidByTemplate(fact, turn, report);
    if (typeof asked === 'object') return { said: { actions: [], ...asked }, thinks: 0, turn };
    const { actions, thinks } = flow.says(asked, fact.at, turn);
    const lost = asked === 'apology' ? call.jobs[0]?.key : undefined;
    return {
      said: {
        actions,
        from: asked === 'progress' ? 'progress' : 'answer',
        ...(lost !== undefined && { lost }),
      },
      thinks,
      turn,
    };
  }

  function saidByTemplate({ id, kind, at }: Fact, turn: number, { text }: Report) {
    const isMumble = text === 'mhm' || text === '#';
    const { source, actions, thinks, job } = flow.answer(kind, at, turn, isMumble);
    const until = time.now() + JOB_MS;
    const mark: JobMark | undefined = job && { key: heart.keyOf(job.id), turn, until, parts: 0 };
    trace(
      () =>
        `${source.name} answers ${id} in turn ${turn}: ${describe(actions)}${job ? ` and a job of ${job.parts.length}` : ''}`,
    );
    const said: Said = { actions, turn, ...(mark && { job: mark }) };
    return { said, thinks, turn, ...(job && { job }) };
  }

  /**
   * Decides, writes, and decides again when something else was written meanwhile. `undefined`:
   * nobody knows.
   */
  function commit(
    stored: Stored | undefined,
    input: Input,
    by: string,
    done: (done: Done) => void,
    tries = TRIES,
    mine?: Done,
  ) {
    coverage.decisions++;
    const at = time.now();
    const decision = heart.decide(stored?.call, input, at);
    judge.decides(decision, input);
    trace(() => `  ${by}: ${decision.call ? believed(decision.call) : 'no call'}`);
    if (!decision.save) return done({ decision, at, saved: document.writes() });
    goOn(() => {
      const { saved, came } = write(stored, decision, input);
      const own = { decision, at, saved };
      if (came === 'written') {
        repeat(input, by);
        return done(own);
      }
      coverage.count('write', came);
      if (tries <= 1) return done({ attempted: decision, at, saved: 0 });
      const last = came === 'lost' ? own : mine;
      goOn(() => {
        const again = document.read();
        if (last && again?.call.applied.includes(by)) return done(last);
        commit(again, input, by, done, tries - 1, last);
      });
    });
  }

  function write(stored: Stored | undefined, { call, evicted }: Decision, input: Input) {
    const saved = document.save(stored?.revision ?? 0, call, evicted);
    if (saved === 0) return { saved, came: 'crossed' } as const;
    judge.writes(input, saved);
    const isLost = faults.writes === 'lost' && choices.chance(0.1);
    return { saved, came: isLost ? 'lost' : 'written' } as const;
  }

  /** Lambda repeats an invocation that has done its work already. */
  function repeat(input: Input, by: string) {
    if (faults.writes !== 'repeated' || input.kind === 'event' || !choices.chance(0.1)) return;
    time.after(50, () =>
      commit(document.read(), input, by, (done) => after(done, by, undefined, () => {})),
    );
  }

  function answer(
    fact: Fact,
    event: Answering,
    { decision, attempted, saved, at }: Done,
    job: Job | undefined,
    asked: Asked,
  ) {
    if (dies()) return trace(() => `dies before it answers ${fact.id}`);
    const { said } = event;
    const handling = { fact, event: { session: { id: 'call' } }, attempted };
    const { actions = [] } = decision ?? {
      actions: unwritten({ ...handling, ...(said && { answer: { said } }) }),
    };
    if (event.answerable)
      send(actions, { by: fact.id, decided: at, saved, again: asked === 'repeat' });
    publish(decision?.publish ?? []);
    wakeAt(decision?.wake);
    if (job && decision) start(job, fact.id);
  }

  /** An answer arrives if AI Flow is still waiting for it. */
  function send(actions: readonly ActionDraft[], batch: Batch) {
    if (actions.length === 0) return;
    trace(() => `answer to ${batch.by}: ${describe(actions)}`);
    judge.leaves(actions, batch);
    arrived = Math.max(arrived, time.now() + choices.pick([10, 5, 30]));
    time.after(arrived - time.now(), () => parts.phone().receive(actions, batch));
  }

  function start({ id, parts: [first, ...more] }: Job, by: string) {
    if (!first) return;
    let number = 1;
    const next = (part: typeof first, rest: typeof more) =>
      time.after(part.after, () => {
        const own = `${id}-${number}`;
        const input = (): Input => ({
          kind: 'part',
          part: {
            by: own,
            job: id,
            number,
            at: time.now(),
            actions: part.actions,
            last: part.last,
            ways,
          },
        });
        trace(() => `part ${own} of ${by}: ${describe(part.actions)}`);
        coverage.count('input', 'part');
        commit(document.read(), input(), own, (done) => {
          after(done, own, own, () => {});
          const [following, ...others] = rest;
          number++;
          if (following && done.decision) next(following, others);
        });
      });
    next(first, more);
  }

  function order(one: Order, by = one.id) {
    const attempt = `${by}#${++attempts}`;
    const claimed = document.claimed(heart.keyOf(one.id));
    const { id, at, expires, actions, thenActions, rules, resume, dry_run } = one;
    const trigger = {
      by: attempt,
      id,
      triggered_at: at,
      expires_at: expires,
      content: id,
      actions,
      then: thenActions,
      rules,
      resume,
      dry_run,
      ways,
      claimed,
    };
    trace(
      () =>
        `trigger ${attempt}: ${JSON.stringify(rules)}${resume ? ' resume' : ''}${dry_run ? ' dry' : ''} expires ${expires - at} ${describe(actions)} then ${describe(thenActions)}`,
    );
    coverage.count('input', 'trigger');
    goOn(() =>
      commit(document.read(), { kind: 'trigger', trigger }, attempt, (done) =>
        after(done, attempt, id, (outcome) => {
          if (outcome.outcome !== 'failed' || !outcome.error?.retryable || !one.again) return;
          time.after(AGAIN_MS, () => time.now() < expires && order(one));
        }),
      ),
    );
  }

  function cancel(id: string) {
    const by = `cancel#${++attempts}`;
    const claimed = document.claimed(heart.keyOf(id));
    trace(() => `cancel ${id}`);
    coverage.count('input', 'cancel');
    goOn(() =>
      commit(document.read(), { kind: 'cancel', by, id, claimed }, by, (done) => {
        if (done.decision?.save) judge.cancels(id, done.saved);
        after(done, by, undefined, () => {});
      }),
    );
  }

  function loseSocket() {
    if (!hasSocket) return;
    const id = `gone${socket}`;
    deliver({ kind: 'gone' }, id);
    socket++;
  }

  /** What follows a decision that no event waits for. */
  function after(done: Done, by: string, id: string | undefined, told: (outcome: Outcome) => void) {
    const { decision } = done;
    if (!decision) return trace(() => `${by} is contended`);
    publish(decision.publish);
    wakeAt(decision.wake);
    if (decision.push) return push(decision.push, by, done, id ?? decision.push.id, told);
    if (decision.outcome) tell(id, decision.outcome, told, !decision.save);
  }

  function tell(
    id: string | undefined,
    outcome: Outcome,
    told: (outcome: Outcome) => void,
    isRefused: boolean,
  ) {
    told(outcome);
    coverage.count('outcome', outcome.reason ?? outcome.error?.code ?? outcome.outcome);
    if (id === undefined) return;
    trace(
      () =>
        `outcome of ${id}: ${outcome.outcome} ${outcome.reason ?? outcome.error?.code ?? ''}${outcome.resumed ? ' resumed' : ''}`,
    );
    judge.outcome(id, outcome, isRefused);
  }

  function push(
    { key, actions, expires_at = Number.POSITIVE_INFINITY }: Push,
    by: string,
    { at: decided, saved }: Done,
    id: string | undefined,
    told: (outcome: Outcome) => void,
  ) {
    const until = decided + SENT_WITHIN_MS;
    const sendIt = () => {
      const batch = { by, decided: time.now(), saved };
      if (time.now() > until) return came(HELD_UP);
      if (time.now() >= expires_at) return came({ status: 'expired' });
      time.after(travels(), () => came(sending(actions, batch)));
    };
    goOn(() => time.after(arrived - time.now(), sendIt));

    function came(delivery: Delivery) {
      coverage.count('delivery', delivery.status);
      goOn(() => {
        const own = `${by}.d`;
        const input: Input = { kind: 'delivery', by: own, key, delivery };
        const outcome = delivery.status === 'delivered' ? 'delivered' : 'failed';
        const decided = (done: Done) =>
          done.decision ? after(done, own, id, told) : tell(id, { outcome }, told, false);
        commit(document.read(), input, own, decided, TRIES_OF_WHAT_HAPPENED);
      });
    }
  }

  /**
   * An answer goes back over the connection that its event came by; a push is a request of its own.
   */
  function travels(): number {
    return weather.pushes === 'slow' ? choices.pick([80, 40, 200, 600]) : 0;
  }

  function sending(actions: Push['actions'], batch: Batch): Delivery {
    const phone = parts.phone();
    const fault = faults.sends === 'arrive' || !choices.chance(0.3) ? 'arrive' : faults.sends;
    trace(() => `push ${batch.by}: ${describe(actions)} ${fault}`);
    const failed = unsent(fault);
    if (failed) return failed;
    judge.leaves(actions, batch);
    if (fault === 'in doubt') {
      if (choices.chance(0.5)) phone.receive(actions, batch);
      return { status: 'in_doubt', message: AS_WANTED };
    }
    return phone.receive(actions, batch) ? { status: 'delivered' } : { status: 'gone' };
  }

  /** What certainly doesn't leave. */
  function unsent(fault: Faults['sends']): Delivery | undefined {
    const message = AS_WANTED;
    if (fault === 'refused')
      return { status: 'refused', code: 'unreachable', message, retryable: choices.chance(0.7) };
    if (fault === 'unknown') return { status: 'gone' };
    if (!ways.channel && socket > 1 && choices.chance(0.2)) return { status: 'no_way' };
    return undefined;
  }

  function publish(events: readonly OutcomeEvent[]) {
    for (const event of events) {
      trace(() => `published ${JSON.stringify(event)}`);
      coverage.count(
        'published',
        event.reason ? `${event.outcome}: ${event.reason}` : event.outcome,
      );
      judge.published(event);
    }
  }

  /** Pushes what may go out by now, one after the other. */
  function look(by: string, pushes: number) {
    commit(document.read(), { kind: 'wake', by, ways }, by, (done) => {
      after(done, by, undefined, () => {});
      if (done.decision?.push && pushes > 1)
        time.after(100, () => look(`${by}.${pushes}`, pushes - 1));
    });
  }

  function wakeAt(at: number | undefined) {
    if (at === undefined) return;
    const by = `wake#${++attempts}`;
    time.after(at - time.now(), () => {
      coverage.count('input', 'wake');
      trace(() => by);
      look(by, 4);
    });
  }
}

const describe = (actions: readonly { type: string; text?: string | undefined }[]) =>
  `[${actions.map(({ type, text }) => (text === undefined ? type : `"${text.slice(0, text.indexOf(' '))}"`)).join(' ')}]`;

/** What the code takes to be true: what waits, what sounds, what is over. */
function believed({ queue, turn, pending, jobs, facts }: Call): string {
  const open = pending.length ? ` (${pending.length} open)` : '';
  const working = jobs.length ? ` ${jobs.length} jobs` : '';
  return `turn ${turn}${open}${working} ${facts.length} facts [${queue.map(oneBelieved).join(', ')}]`;
}

function oneBelieved(one: Utterance): string {
  const { key, behind, with: along } = one;
  const place = along ? ` with ${along}` : '';
  return `${key}${behind ? ` behind ${behind}` : place} ${stateOf(one)}`;
}

function stateOf({ sent, began, end }: Utterance): string {
  if (end) return `${end.how}${end.owed ? ' owed' : ''} ${end.at % 100_000}`;
  if (began) return `since ${began.at % 100_000}`;
  return sent ? `sent${sent.unsure ? '?' : ''} ${sent.at % 100_000}` : 'waits';
}
