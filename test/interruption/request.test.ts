import { describe, expect, it } from 'vitest';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { wav } from '../support/wav.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DEFAULTS = { id: 'envelope-id', at: NOW - 1000 };
const read = (request: unknown) => parseInterruption(request, DEFAULTS, NOW);
const session_id = 'session-123';

describe('an interruption', () => {
  it('is barge_in, then the replacement', () => {
    expect(read({ session_id, say: 'Your parcel has shipped.' })).toEqual({
      request: { session_id, say: 'Your parcel has shipped.' },
      id: 'envelope-id',
      target: { session_id },
      actions: [{ type: 'barge_in' }, { type: 'speak', text: 'Your parcel has shipped.' }],
      replacement: { type: 'speak', text: 'Your parcel has shipped.' },
      follow_up: [],
      triggered_at: NOW - 1000,
      expires_at: NOW + 29_000,
      rules: {},
      resume: false,
      dry_run: false,
    });
  });

  it.each([
    ['a top-level session_id', { session_id }, { session_id }],
    ['a session', { target: { session_id } }, { session_id }],
    ['a label', { target: { label: 'order:4711' } }, { label: 'order:4711' }],
    ['a caller', { target: { caller: '+49 176 39123456' } }, { caller: '4917639123456' }],
    ['a caller with 00', { target: { caller: '004917639123456' } }, { caller: '4917639123456' }],
    [
      'a caller with (0)',
      { target: { caller: '+49 (0) 176 39123456' } },
      { caller: '4917639123456' },
    ],
    [
      'a caller of SIP',
      { target: { caller: 'sip:+4917639123456@sipgate.de:5060' } },
      { caller: '4917639123456' },
    ],
    [
      'a caller of tel',
      { target: { caller: 'tel:0176-39123456;phone-context=+49' } },
      { caller: '4917639123456' },
    ],
    ['a callee', { target: { callee: '493023125000' } }, { callee: '493023125000' }],
    ['everyone', { target: { everyone: true } }, { everyone: true }],
  ])('concerns %s', (_name, whom, target) => {
    expect(read({ ...whom, say: 'Hi' }).target).toEqual(target);
  });

  it('says SSML, with a voice of its own', () => {
    const say = {
      ssml: '<speak>Hi</speak>',
      tts: { provider: 'azure' },
      user_input_timeout_seconds: 5,
      barge_in: { strategy: 'none' },
    };
    expect(read({ session_id, say }).replacement).toEqual({ type: 'speak', ...say });
  });

  it('says SSML in plain text as text', () => {
    expect(read({ session_id, say: '<b>&' }).replacement).toEqual({ type: 'speak', text: '<b>&' });
  });

  it('plays a clip', () => {
    const clip = wav(50);
    expect(read({ session_id, play: clip }).actions).toEqual([
      { type: 'barge_in' },
      { type: 'audio', audio: clip },
    ]);
  });

  it('is silence without either', () => {
    expect(read({ session_id })).toMatchObject({ actions: [{ type: 'barge_in' }], follow_up: [] });
    expect(read({ session_id })).not.toHaveProperty('replacement');
  });

  it('keeps what follows until the replacement is heard; silence has nothing to wait for', () => {
    const then = [{ type: 'hangup' }];
    expect(read({ session_id, say: 'Bye', then })).toMatchObject({
      actions: { length: 2 },
      follow_up: then,
    });
    expect(read({ session_id, then })).toMatchObject({
      actions: [{ type: 'barge_in' }, ...then],
      follow_up: [],
    });
    const goodbye = { type: 'speak', text: 'Goodbye.' };
    expect(read({ session_id, then: [goodbye, ...then] })).toMatchObject({
      actions: [{ type: 'barge_in' }, goodbye],
      follow_up: then,
    });
  });

  it.each([
    ['30 s after the trigger', {}, NOW - 1000 + 30_000],
    ['after max_age_seconds', { max_age_seconds: 2.5 }, NOW + 1500],
    ['at expires_at alone', { expires_at: '2026-11-23T13:00:00+01:00' }, NOW],
    [
      'at the earlier of both',
      { expires_at: '2026-11-23T12:10:00Z', max_age_seconds: 5 },
      NOW + 4000,
    ],
    ['counted from triggered_at', { triggered_at: '2026-11-23T11:59:50.500Z' }, NOW + 20_500],
    ['at once', { max_age_seconds: 0 }, NOW - 1000],
  ])('expires %s', (_name, fields, expires_at) => {
    expect(read({ session_id, say: 'Hi', ...fields }).expires_at).toBe(expires_at);
  });

  it('takes a time that cannot be read for now, so that it expires', () => {
    const { triggered_at, expires_at } = parseInterruption(
      { session_id },
      { id: 'x', at: Number.NaN },
      NOW,
    );
    expect([triggered_at, expires_at]).toEqual([NOW, NOW + 30_000]);
  });

  it('takes the future for now', () => {
    expect(read({ session_id, triggered_at: '2026-11-24T00:00:00Z' }).triggered_at).toBe(NOW);
    expect(parseInterruption({ session_id }, { id: 'x', at: NOW + 5000 }, NOW).triggered_at).toBe(
      NOW,
    );
  });

  const wrong: [string, unknown, string | undefined, RegExp][] = [
    ['nothing', undefined, undefined, /must be an object/],
    ['a string', 'hello', undefined, /must be an object/],
    ['an array', [], undefined, /must be an object/],
    ['an unknown field', { session_id, text: 'Hi' }, 'text', /not a known field/],
    ['no target', { say: 'Hi' }, 'target', /must be given/],
    ['session_id beside target', { session_id, target: { everyone: true } }, 'target', /not both/],
    ['two targets', { target: { label: 'a', caller: '+4930' } }, 'target', /exactly one/],
    ['a target without its key', { target: '+4930' }, 'target', /object with.* session_id, label/],
    ['an empty target', { target: {} }, 'target', /exactly one/],
    ['an unknown target', { target: { email: 'a@b' } }, 'target.email', /not a known field/],
    ['everyone: false', { target: { everyone: false } }, 'target.everyone', /true/],
    ['a hostile session id', { session_id: '../../admin' }, 'session_id', /must be 1–128/],
    ['a session id with a query', { session_id: 'a?b' }, 'session_id', /must be 1–128/],
    ['an empty label', { target: { label: '' } }, 'target.label', /64 bytes/],
    ['a long label', { target: { label: 'ü'.repeat(33) } }, 'target.label', /64 bytes/],
    ['a withheld number', { target: { caller: 'anonymous' } }, 'target.caller', /phone number/],
    [
      'a withheld address',
      { target: { caller: 'sip:anonymous@anonymous.invalid' } },
      'target.caller',
      /withheld/,
    ],
    [
      'a national number',
      { target: { caller: '0176 39123456' } },
      'target.caller',
      /international/,
    ],
    ['a national callee', { target: { callee: '030 23125000' } }, 'target.callee', /international/],
    [
      'a number of 16 digits',
      { target: { caller: '+4917639123456789' } },
      'target.caller',
      /E\.164/,
    ],
    [
      'a number as number',
      { target: { caller: 4917639123456 } },
      'target.caller',
      /must be a string/,
    ],
    ['say with play', { session_id, say: 'a', play: 'b' }, 'play', /exclude/],
    ['an empty text', { session_id, say: '' }, 'say', /must not be empty/],
    ['a blank text', { session_id, say: { text: ' \n' } }, 'say.text', /must not be empty/],
    ['say without words', { session_id, say: {} }, 'say.text', /text or ssml/],
    ['text and ssml', { session_id, say: { text: 'a', ssml: '<speak/>' } }, 'say.text', /not both/],
    ['a number', { session_id, say: 5 }, 'say', /must be a text/],
    ['null', { session_id, say: null }, 'say', /must be a text/],
    [
      'an unknown field to say',
      { session_id, say: { text: 'a', loud: true } },
      'say.loud',
      /not a known field/,
    ],
    ['an action to say', { session_id, say: { type: 'hangup' } }, 'say.type', /not a known field/],
    [
      'a bad strategy',
      { session_id, say: { text: 'a', barge_in: { strategy: 'x' } } },
      'say.barge_in.strategy',
      /must be one of/,
    ],
    [
      'a WAV of the wrong format',
      { session_id, play: wav(50, { rate: 8000 }) },
      'play',
      /16000 Hz/,
    ],
    ['no WAV', { session_id, play: 'hello' }, 'play', /WAV|Base64/],
    [
      'then that cuts',
      { session_id, say: 'a', then: [{ type: 'barge_in' }] },
      'then.0',
      /would cut/,
    ],
    [
      'then that is no list',
      { session_id, say: 'a', then: { type: 'hangup' } },
      'then',
      /must be an array/,
    ],
    [
      'a broken then',
      { session_id, say: 'a', then: [{ type: 'hangup' }, { type: 'transfer' }] },
      'then.1.target_phone_number',
      /must be/,
    ],
    [
      'then for another session',
      { session_id, say: 'a', then: [{ type: 'hangup', session_id: 'x' }] },
      'then.0.session_id',
      /not a known field/,
    ],
    ['an empty id', { session_id, id: '' }, 'id', /at least 1/],
    ['a long id', { session_id, id: 'x'.repeat(129) }, 'id', /at most 128/],
    ['a number as id', { session_id, id: 5 }, 'id', /must be a string/],
    ['a date that is none', { session_id, triggered_at: 'yesterday' }, 'triggered_at', /RFC 3339/],
    [
      'a date without a zone',
      { session_id, expires_at: '2026-11-23T12:00:00' },
      'expires_at',
      /RFC 3339/,
    ],
    [
      'an impossible date',
      { session_id, expires_at: '2026-13-45T12:00:00Z' },
      'expires_at',
      /exists/,
    ],
    [
      'the 31st of February',
      { session_id, triggered_at: '2026-02-31T12:00:00Z' },
      'triggered_at',
      /exists/,
    ],
    [
      'an age of more than a day',
      { session_id, max_age_seconds: 1e300 },
      'max_age_seconds',
      /at most 86400/,
    ],
    ['half a turn', { session_id, if_turn: 0.5 }, 'if_turn', /whole number/],
    ['a turn before the greeting', { session_id, if_turn: -1 }, 'if_turn', /at least 0/],
    ['an unknown moment', { session_id, when: 'later' }, 'when', /now.*after_current/],
    ['urgency in words', { session_id, urgent: 'yes' }, 'urgent', /true or false/],
    [
      'resume before a hangup',
      { session_id, say: 'a', resume: true, then: [{ type: 'hangup' }] },
      'resume',
      /exclude/,
    ],
    [
      'resume before a transfer',
      {
        session_id,
        say: 'a',
        resume: true,
        then: [
          {
            type: 'transfer',
            target_phone_number: '4930',
            caller_id_name: 'x',
            caller_id_number: '4930',
          },
        ],
      },
      'resume',
      /exclude/,
    ],
    [
      'a cancel that says something',
      { session_id, cancel: 'x', say: 'a' },
      'cancel',
      /leave out say/,
    ],
    [
      'a cancel that plays something',
      { session_id, cancel: 'x', play: wav(50) },
      'cancel',
      /leave out say/,
    ],
    [
      'a cancel that does more',
      { session_id, cancel: 'x', then: [{ type: 'hangup' }] },
      'cancel',
      /then/,
    ],
    ['a cancel that resumes', { session_id, cancel: 'x', resume: true }, 'cancel', /resume/],
    [
      'a cancel that is only tried',
      { session_id, cancel: 'x', dry_run: true },
      'cancel',
      /dry_run/,
    ],
    [
      'a cancel for one turn alone',
      { session_id, cancel: 'x', if_turn: 0 },
      'cancel',
      /must still/,
    ],
    ['an empty id to cancel', { session_id, cancel: '' }, 'cancel', /at least 1/],
    ['a negative age', { session_id, max_age_seconds: -1 }, 'max_age_seconds', /at least 0/],
    [
      'an age in words',
      { session_id, max_age_seconds: '30' },
      'max_age_seconds',
      /must be a number/,
    ],
  ];

  it.each(wrong)('is not %s', (_name, request, field, message) => {
    expect(() => read(request)).toThrow(
      expect.objectContaining({
        name: 'InvalidInterruption',
        field,
        message: expect.stringMatching(message),
      }),
    );
  });

  it('carries the rules that were given, and no others', () => {
    const given = {
      if_turn: 0,
      only_if_speaking: true,
      when: 'after_current',
      urgent: true,
      force: true,
    };
    expect(read({ session_id, say: 'a', ...given }).rules).toEqual({
      if_turn: 0,
      only_if_speaking: true,
      after_current: true,
      urgent: true,
      force: true,
    });
    const off = { only_if_speaking: false, when: 'now', urgent: false, force: false };
    expect(read({ session_id, say: 'a', ...off }).rules).toEqual({});
  });

  it('is refused when the envelope’s id is too long', () => {
    const parse = () =>
      parseInterruption({ session_id }, { ...DEFAULTS, id: 'x'.repeat(129) }, NOW);
    expect(parse).toThrow(expect.objectContaining({ name: 'InvalidInterruption', field: 'id' }));
  });

  it('never repeats in an error what is to be said or whom it is for', () => {
    expect(() => read({ target: { caller: 'Anna Schmidt' } })).not.toThrow(/Anna/);
    expect(() => read({ session_id, say: { text: 7, ssml: 'secret' } })).not.toThrow(/secret/);
  });
});
