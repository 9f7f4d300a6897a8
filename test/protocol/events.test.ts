import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventSchemas,
  InvalidEvent,
  nameOf,
  parseEvent,
  partiesOf,
} from '../../functions/protocol/events.ts';
import { MAX_DEPTH, tooDeep } from '../../functions/protocol/json.ts';
import { EVENTS, SESSION } from '../support/events.ts';

describe('events', () => {
  it.each(Object.values(EVENTS))('reads $type', (event) => {
    expect(parseEvent(event)).toEqual(event);
  });

  it('keeps fields that the documentation does not name', () => {
    const event = {
      type: 'session_end',
      reason: 'hangup',
      session: { id: 'session-123', extra: { a: 1 } },
    };
    expect(parseEvent(event)).toEqual(event);
  });

  it('takes null for left out', () => {
    const event = { type: 'session_start', session: { id: 'a', from_phone_number: null } };
    expect(parseEvent(event)).toEqual(event);
  });

  it.each(['x', 'session-123', 'A.b_c:d-9', 'i'.repeat(128), SESSION.id])(
    'takes the session id %s',
    (id) => {
      expect(parseEvent({ type: 'session_end', session: { id } }).session.id).toBe(id);
    },
  );

  it('takes a session id that is a number', () => {
    const event = parseEvent({ type: 'session_end', session: { id: 4711 } });
    expect(event.session.id).toBe('4711');
  });

  const wrong: [string, unknown, string | undefined][] = [
    ['null', null, undefined],
    ['an array', [], undefined],
    ['a string', 'session_start', undefined],
    ['no type', { session: SESSION }, 'type'],
    ['an empty type', { type: '', session: SESSION }, 'type'],
    ['a number as type', { type: 4, session: SESSION }, 'type'],
    ['no session', { type: 'session_start' }, 'session'],
    ['a session that is a string', { type: 'session_start', session: 'x' }, 'session'],
    ['no session id', { type: 'session_start', session: {} }, 'session.id'],
    ['a rounded session id', { type: 'session_start', session: { id: 2 ** 53 } }, 'session.id'],
    ['an empty session id', { type: 'session_start', session: { id: '' } }, 'session.id'],
    ['a path as session id', { type: 'session_start', session: { id: '../../x' } }, 'session.id'],
    [
      'a long session id',
      { type: 'session_start', session: { id: 'i'.repeat(129) } },
      'session.id',
    ],
    [
      'a line break in the session id',
      { type: 'session_start', session: { id: 'a\n' } },
      'session.id',
    ],
    ['an unknown type without session', { type: 'something_new' }, 'session'],
  ];

  it.each(wrong)('refuses %s', (_name, value, field) => {
    expect(() => parseEvent(value)).toThrow(
      expect.objectContaining({ name: 'InvalidEvent', field }),
    );
  });

  const AT = 1_763_900_000_000;
  const sloppy: [string, string, object, object][] = [
    ['text under another name', 'user_speak', { transcript: 'Hi' }, { text: 'Hi' }],
    ['text that is a number', 'user_speak', { text: 4711 }, { text: '4711' }],
    ['text that is null', 'user_speak', { text: null, transcript: 'Hi' }, { text: 'Hi' }],
    ['text that is none', 'user_speak', { text: { words: ['Hi'] } }, { text: '' }],
    ['no text', 'user_speak', {}, { text: '' }],
    ...['true', 'TRUE', 1, '1', 'yes', true].map((barged_in): [string, string, object, object] => [
      `barged_in ${JSON.stringify(barged_in)}`,
      'user_speak',
      { text: 'Hi', barged_in },
      { barged_in: true },
    ]),
    ['barged_in "false"', 'user_speak', { text: 'Hi', barged_in: 'false' }, { barged_in: false }],
    [
      'barged_in that is none',
      'user_speak',
      { text: 'Hi', barged_in: ['true', 1] },
      { barged_in: undefined },
    ],
    ['a digit that is a number', 'dtmf_received', { digit: 5 }, { digit: '5' }],
    ['a digit that is 0', 'dtmf_received', { digit: 0 }, { digit: '0' }],
    ['a digit under another name', 'dtmf_received', { digits: '#' }, { digit: '#' }],
    ['several digits', 'dtmf_received', { digits: '12' }, { digit: '12' }],
    ['a digit that is none', 'dtmf_received', { digit: 'star' }, { digit: '' }],
    ['no digit', 'dtmf_received', {}, { digit: '' }],
    ['no duration', 'assistant_speak', { speech_started_at: AT }, { speech_started_at: AT }],
    ['a duration that is null', 'assistant_speak', { duration_ms: null }, { duration_ms: null }],
    ['a duration in quotes', 'assistant_speak', { duration_ms: '1200' }, { duration_ms: 1200 }],
    ['a duration below 0', 'assistant_speak', { duration_ms: -1 }, { duration_ms: undefined }],
    ['a duration in words', 'assistant_speak', { duration_ms: 'long' }, { duration_ms: undefined }],
    [
      'a time in ISO 8601',
      'assistant_speak',
      { speech_started_at: '2025-11-23T12:13:20.000Z' },
      { speech_started_at: AT },
    ],
    [
      'a time in seconds',
      'assistant_speak',
      { speech_started_at: AT / 1000 },
      { speech_started_at: AT },
    ],
    [
      'a time in quotes',
      'assistant_speak',
      { speech_started_at: String(AT) },
      { speech_started_at: AT },
    ],
    [
      'a time in words',
      'assistant_speak',
      { speech_started_at: 'now' },
      { speech_started_at: undefined },
    ],
    [
      'a time that is no date',
      'assistant_speak',
      { speech_started_at: '2025-99-99T00:00:00Z' },
      { speech_started_at: undefined },
    ],
    [
      'text that is an array',
      'assistant_speak',
      { text: ['Hi'], ssml: 5 },
      { text: undefined, ssml: '5' },
    ],
    ['text that is a number', 'user_barge_in', { text: 5 }, { text: '5' }],
    ['the name timeout', 'timeout', {}, { type: 'user_input_timeout' }],
  ];

  it.each(sloppy)('reads %s', (_name, type, fields, expected) => {
    expect(parseEvent({ type, session: { id: 'a' }, ...fields })).toMatchObject(expected);
  });

  it.each([
    [{ account_id: 4711 }, { account_id: '4711' }],
    [{ from_phone_number: 4917639123456 }, { from_phone_number: '4917639123456' }],
    [
      { to_phone_number: { number: '49' }, direction: 1, phone_number: [] },
      { direction: '1', to_phone_number: undefined },
    ],
    [{ direction: true }, { direction: undefined }],
  ])('reads the session %j', (session, expected) => {
    for (const type of [...Object.keys(eventSchemas), 'something_new']) {
      expect(parseEvent({ type, session: { id: 'a', ...session } }).session).toMatchObject(
        expected,
      );
    }
  });

  it('reads an event for whatever stands in any field but its type and its session’s id', () => {
    const keys = [
      'text',
      'transcript',
      'barged_in',
      'digit',
      'digits',
      'duration_ms',
      'speech_started_at',
      'ssml',
    ];
    const others = [
      'account_id',
      'phone_number',
      'direction',
      'from_phone_number',
      'to_phone_number',
    ];
    const any = (names: string[]) =>
      fc.record(Object.fromEntries(names.map((name) => [name, fc.jsonValue()])));
    const types = fc.constantFrom(...Object.keys(eventSchemas), 'timeout', 'something_new');
    fc.assert(
      fc.property(types, any(keys), any(others), (type, fields, session) => {
        const event = parseEvent({ ...fields, type, session: { ...session, id: 'a' } });
        expect(event.session.id).toBe('a');
        if (event.type === 'user_speak') expect(typeof event.text).toBe('string');
        if (event.type === 'dtmf_received') expect(event.digit).toMatch(/^[0-9A-D*#]{0,64}$/);
      }),
    );
  });

  it('is not fooled by names every object has', () => {
    for (const type of ['constructor', '__proto__', 'toString']) {
      expect(parseEvent({ type, session: { id: 'a' } })).toMatchObject({ type });
    }
  });

  it('lets no __proto__ in', () => {
    const event = parseEvent(
      JSON.parse(
        '{"type":"user_speak","text":"x","__proto__":{"admin":1},"session":{"id":"a","__proto__":{"admin":1}}}',
      ),
    );
    expect(
      (event as { admin?: number }).admin ?? (event.session as { admin?: number }).admin,
    ).toBeUndefined();
    expect(({} as { admin?: number }).admin).toBeUndefined();
  });

  it('reads any JSON as an event or as InvalidEvent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseEvent(value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidEvent);
        }
      }),
    );
  });
});

describe('the numbers of a call', () => {
  const [caller, callee] = ['4917639123456', '493023125000'];
  const numbers = (session: object) =>
    partiesOf(parseEvent({ type: 'session_start', session: { id: 'a', ...session } }));
  const both = { from_phone_number: `+${caller}`, to_phone_number: `sip:+${callee}@sipgate.de` };

  it.each([
    ['inbound', { ...both, direction: 'inbound' }, { caller, callee }],
    ['of a direction that is missing', both, { caller, callee }],
    ['outbound', { ...both, direction: 'outbound' }, { caller, callee, number: caller }],
    [
      'outbound, in capitals',
      { ...both, direction: 'OUTBOUND' },
      { caller, callee, number: caller },
    ],
    ['withheld', { from_phone_number: 'anonymous', to_phone_number: callee }, { callee }],
    ['with our number alone', { phone_number: callee }, { number: callee }],
    [
      'outbound, with our number withheld',
      { ...both, from_phone_number: 'anonymous', direction: 'outbound', phone_number: '4930' },
      { callee, number: '4930' },
    ],
    ['national', { from_phone_number: '0176 39123456', to_phone_number: '030 23125000' }, {}],
    ['without any', {}, {}],
  ])('%s', (_name, session, expected) => {
    expect(numbers(session)).toEqual(expected);
  });
});

it('has a name for a log, which nobody else has chosen', () => {
  expect(nameOf({ type: 'user_speak', text: 'Hi', session: { id: 'a' } })).toBe('user_speak');
  expect(nameOf({ type: 'Anna Schmidt', session: { id: 'a' } })).toBe('unknown');
});

describe('depth', () => {
  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

  it('is 32 levels at most', () => {
    expect(tooDeep(nested(MAX_DEPTH))).toBe(false);
    expect(tooDeep(nested(MAX_DEPTH + 1))).toBe(true);
    expect(tooDeep({ a: { b: [1, 'x', null] } })).toBe(false);
  });

  it('is told even for what would overflow a stack', () => {
    expect(tooDeep(nested(100_000))).toBe(true);
  });
});
