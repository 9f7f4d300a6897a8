import {
  type Call,
  type Fact,
  freshCall,
  type Happening,
  type Utterance,
} from '../../functions/call/document.ts';

let made = 0;

/** A fact with an id of its own. */
export const fact = (
  happening: Happening,
  over: Partial<Pick<Fact, 'id' | 'at' | 'socket'>> = {},
): Fact => ({
  id: `fact-${++made}`,
  at: 1_795_435_200_000,
  ...over,
  ...happening,
});

/** Something that is said, and waits. */
export const utterance = (key: string, over: Partial<Utterance> = {}): Utterance => ({
  key,
  from: 'answer',
  start: 1,
  actions: [{ type: 'speak', text: `This is ${key}.` }],
  length: { ms: 1_000 },
  ...over,
});

/** A call in which nothing is at its default. */
export const fullCall = (id: string): Call => ({
  ...freshCall(id),
  turn: 3,
  opened: 4,
  pending: [{ by: 'w-2', turn: 4, at: 40, until: 900 }],
  words: [
    { by: 'w-2', at: 40, turn: 4, print: 'print-w2', ms: 700, answered: 60 },
    { by: 'w-1', at: 15, turn: 3, print: 'print-w1', ms: 800 },
  ],
  starts: 2,
  start: { by: 's-1', at: 10, answered: true },
  reopened: true,
  caller: '4915112345678',
  callee: '493023125000',
  number: '493023125001',
  account_id: 'account-1',
  labels: ['order:4711', 'turn'],
  listed: 'listed-1',
  state: {
    name: 'Jürgen 🙂',
    list: [1, { deep: null }],
    'a.b#c': true,
    id: 'i',
    nothing: null,
    empty: [],
    '': {},
  },
  socket: { id: 'L0SM9cOFvHcCIhw=', at: 50 },
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  queue: [
    utterance('a', {
      turn: 3,
      print: 'print-a1',
      guarded: 'protected',
      immediate: true,
      timer: { seconds: 3, ours: true },
      sent: { at: 20, by: 'w-1', unsure: true },
      began: { at: 21, reported: true },
      end: { at: 30, how: 'app', by: 'b', silent: true, owed: true },
      told: true,
    }),
    utterance('b', {
      from: 'interruption',
      trigger: { id: 'shipped', at: 25 },
      rules: { if_turn: 3, urgent: true, force: true },
      expires_at: 99,
      length: { ms: 900, announced: 950, unknown: true },
      job: 'job-1',
      after: 'a',
    }),
    utterance('c', {
      from: 'then',
      actions: [{ type: 'hangup' }],
      ends: 'hangup',
      behind: 'b',
      falls: true,
    }),
  ],
  jobs: [{ key: 'job-1', turn: 3, until: 500, parts: 2 }],
  transferred: { at: 70, timeout: true },
  unreachable: 80,
  ended: 90,
  silent_at: 94,
  caller_speaks: 95,
  wakes_at: 97,
  claims: [['key-1', 'content-1']],
  more: true,
  applied: ['s-1', 'w-1'],
});
