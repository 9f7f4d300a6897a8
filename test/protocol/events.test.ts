import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidEvent, parseEvent } from '../../functions/protocol/events.ts';
import { MAX_DEPTH, tooDeep } from '../../functions/protocol/json.ts';
import { EVENTS, SESSION } from '../support/events.ts';

describe('events', () => {
  it.each(Object.values(EVENTS))('reads $type', (event) => {
    expect(parseEvent(event)).toEqual(event);
  });

  it('keeps fields that the documentation does not name', () => {
    const event = { type: 'session_end', reason: 'hangup', session: { id: 'session-123', extra: { a: 1 } } };
    expect(parseEvent(event)).toEqual(event);
  });

  it('takes null for left out', () => {
    const event = { type: 'session_start', session: { id: 'a', from_phone_number: null } };
    expect(parseEvent(event)).toEqual(event);
  });

  it.each(['x', 'session-123', 'A.b_c:d-9', 'i'.repeat(128), SESSION.id])('takes the session id %s', (id) => {
    expect(parseEvent({ type: 'session_end', session: { id } }).session.id).toBe(id);
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
    ['an empty session id', { type: 'session_start', session: { id: '' } }, 'session.id'],
    ['a path as session id', { type: 'session_start', session: { id: '../../x' } }, 'session.id'],
    ['a long session id', { type: 'session_start', session: { id: 'i'.repeat(129) } }, 'session.id'],
    ['a line break in the session id', { type: 'session_start', session: { id: 'a\n' } }, 'session.id'],
    ['user_speak without text', { type: 'user_speak', session: SESSION }, 'text'],
    ['user_speak with a number', { type: 'user_speak', text: 1, session: SESSION }, 'text'],
    ['a barged_in that is a string', { type: 'user_speak', text: '', barged_in: 'yes', session: SESSION }, 'barged_in'],
    ['two digits', { type: 'dtmf_received', digit: '12', session: SESSION }, 'digit'],
    ['no duration', { type: 'assistant_speak', speech_started_at: 1, session: SESSION }, 'duration_ms'],
    [
      'a number as phone number',
      { type: 'session_start', session: { id: 'a', from_phone_number: 49 } },
      'session.from_phone_number',
    ],
    ['an unknown type without session', { type: 'something_new' }, 'session'],
  ];

  it.each(wrong)('refuses %s', (_name, value, field) => {
    expect(() => parseEvent(value)).toThrow(expect.objectContaining({ name: 'InvalidEvent', field }));
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
    expect((event as { admin?: number }).admin ?? (event.session as { admin?: number }).admin).toBeUndefined();
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
