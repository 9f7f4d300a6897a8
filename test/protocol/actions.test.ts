import { describe, expect, it } from 'vitest';
import {
  type ActionDraft,
  actionDraftSchema,
  parseAction,
  parseActionDraft,
} from '../../functions/protocol/actions.ts';
import * as build from '../../functions/protocol/builders.ts';
import { wav } from '../support/wav.ts';

const session_id = '550e8400-e29b-41d4-a716-446655440000';
const CLIP = wav(100);
const TRANSFER = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};

describe('builders', () => {
  const built: [ActionDraft, object][] = [
    [build.speak('Hello'), { type: 'speak', text: 'Hello' }],
    [build.speak({ ssml: '<speak>Hi</speak>' }), { type: 'speak', ssml: '<speak>Hi</speak>' }],
    [
      build.speak('Hello', {
        tts: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
        barge_in: { strategy: 'minimum_characters', minimum_characters: 5, allow_after_ms: 500 },
        user_input_timeout_seconds: 5,
        vad: { end_of_turn_silence_ms: 600 },
      }),
      {
        type: 'speak',
        text: 'Hello',
        tts: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
        barge_in: { strategy: 'minimum_characters', minimum_characters: 5, allow_after_ms: 500 },
        user_input_timeout_seconds: 5,
        vad: { end_of_turn_silence_ms: 600 },
      },
    ],
    [
      build.audio(CLIP, { barge_in: { strategy: 'none' } }),
      { type: 'audio', audio: CLIP, barge_in: { strategy: 'none' } },
    ],
    [build.mixAudio({ audio: CLIP, volume: 0.2 }), { type: 'mix_audio', audio: CLIP, volume: 0.2 }],
    [build.mixAudio({ stop: true }), { type: 'mix_audio', stop: true }],
    [build.hangup(), { type: 'hangup' }],
    [build.transfer({ ...TRANSFER, timeout: 20 }), { type: 'transfer', ...TRANSFER, timeout: 20 }],
    [build.bargeIn(), { type: 'barge_in' }],
    [
      build.configureTranscription({
        provider: 'DEEPGRAM',
        languages: ['de-DE', 'en-US'],
        custom_vocabulary: ['sipgate'],
      }),
      {
        type: 'configure_transcription',
        provider: 'DEEPGRAM',
        languages: ['de-DE', 'en-US'],
        custom_vocabulary: ['sipgate'],
      },
    ],
    [
      build.configureVoiceToVoice({ system_prompt: 'Be kind', temperature: 0.3 }),
      { type: 'configure_voice_to_voice', system_prompt: 'Be kind', temperature: 0.3 },
    ],
    [
      build.sendSms({ phone_number: '4917639123456', message: 'Hi' }),
      { type: 'send_sms', phone_number: '4917639123456', message: 'Hi' },
    ],
  ];

  it.each(built)('builds %o', (draft, expected) => {
    expect(draft).toEqual(expected);
    expect(parseAction({ ...draft, session_id })).toEqual({ ...expected, session_id });
  });

  it('writes numbers as AI Flow wants them: digits without +', () => {
    const notations = {
      target_phone_number: '+49 (0) 30 23125-001',
      caller_id_number: 'tel:+49-30-23125000',
    };
    expect(build.transfer({ ...TRANSFER, ...notations })).toEqual({
      type: 'transfer',
      ...TRANSFER,
    });
    expect(build.sendSms({ phone_number: '0049 176 39123456', message: 'Hi' })).toMatchObject({
      phone_number: '4917639123456',
    });
  });

  it('covers every action type of the protocol', () => {
    const types = actionDraftSchema.def.options.map((option) => option.shape.type.def.values[0]);
    expect(new Set(built.map(([draft]) => draft.type))).toEqual(new Set(types));
    expect(types).toHaveLength(9);
  });
});

describe('a wrong action', () => {
  const cases: [string, object, string, RegExp][] = [
    ['no text', { type: 'speak' }, 'text', /text or ssml must be given/],
    ['text and ssml', { type: 'speak', text: 'a', ssml: '<speak/>' }, 'text', /not both/],
    ['empty text', { type: 'speak', text: ' ' }, 'text', /must not be empty/],
    ['invisible text', { type: 'speak', text: '\u200b \ufeff\u2060' }, 'text', /must not be empty/],
    ['text of a wrong type', { type: 'speak', text: 7 }, 'text', /must be a string; got a number/],
    ['unknown type', { type: 'shout' }, 'type', /must be one of "speak", .*; got "shout"/],
    [
      'unknown field',
      { type: 'hangup', now: true },
      'now',
      /is not a known field here.*got a boolean/,
    ],
    [
      'unknown strategy',
      { type: 'speak', text: 'a', barge_in: { strategy: 'never' } },
      'barge_in.strategy',
      /got "never"/,
    ],
    [
      '101 characters',
      { type: 'speak', text: 'a', barge_in: { minimum_characters: 101 } },
      'barge_in.minimum_characters',
      /at most 100; got 101/,
    ],
    [
      '10001 ms',
      { type: 'speak', text: 'a', barge_in: { allow_after_ms: 10_001 } },
      'barge_in.allow_after_ms',
      /at most 10000/,
    ],
    [
      'no time-out',
      { type: 'speak', text: 'a', user_input_timeout_seconds: 0 },
      'user_input_timeout_seconds',
      /above 0/,
    ],
    [
      'short silence',
      { type: 'speak', text: 'a', vad: { end_of_turn_silence_ms: 149 } },
      'vad.end_of_turn_silence_ms',
      /at least 150/,
    ],
    [
      'unknown voice provider',
      { type: 'speak', text: 'a', tts: { provider: 'x' } },
      'tts.provider',
      /"azure", "eleven_labs"/,
    ],
    ['volume', { type: 'mix_audio', audio: CLIP, volume: 1.1 }, 'volume', /at most 1/],
    ['mix_audio without audio', { type: 'mix_audio' }, 'audio', /stop: true must be given/],
    ['mix_audio with both', { type: 'mix_audio', audio: CLIP, stop: true }, 'audio', /not both/],
    [
      'transfer without target',
      { type: 'transfer', caller_id_name: 'x', caller_id_number: '4930' },
      'target_phone_number',
      /must be a string; got nothing/,
    ],
    [
      'transfer to a name',
      { type: 'transfer', ...TRANSFER, target_phone_number: 'Anna' },
      'target_phone_number',
      /E\.164/,
    ],
    [
      'transfer to a national number',
      { type: 'transfer', ...TRANSFER, target_phone_number: '030 23125001' },
      'target_phone_number',
      /international/,
    ],
    [
      'SSML with a bare &',
      { type: 'speak', ssml: '<speak>Tom & Jerry</speak>' },
      'ssml',
      /&amp;.*at character 12/,
    ],
    ['SSML without a root', { type: 'speak', ssml: 'Hello' }, 'ssml', /<speak>/],
    [
      'transfer time-out',
      { type: 'transfer', ...TRANSFER, timeout: 4 },
      'timeout',
      /at least 5; got 4/,
    ],
    [
      'five languages',
      {
        type: 'configure_transcription',
        languages: ['a1', 'de', 'en', 'fr', 'it'].map(() => 'de-DE'),
      },
      'languages',
      /at most 4 entries; got an array of 5/,
    ],
    [
      'no language',
      { type: 'configure_transcription', languages: ['German!'] },
      'languages.0',
      /BCP-47/,
    ],
    [
      'temperature',
      { type: 'configure_voice_to_voice', system_prompt: 'x', temperature: 3 },
      'temperature',
      /at most 2/,
    ],
    [
      'empty SMS',
      { type: 'send_sms', phone_number: '49176', message: '' },
      'message',
      /must not be empty/,
    ],
    [
      '8 kHz',
      { type: 'audio', audio: wav(100, { rate: 8000 }) },
      'audio',
      /16000 Hz.*not 8000 Hz.*ffmpeg/,
    ],
    ['stereo', { type: 'audio', audio: wav(100, { channels: 2 }) }, 'audio', /2 channel/],
    ['8 bit', { type: 'audio', audio: wav(100, { bits: 8 }) }, 'audio', /8 bit/],
    ['a-law', { type: 'audio', audio: wav(100, { codec: 6 }) }, 'audio', /codec 6/],
    ['a header alone', { type: 'audio', audio: wav(0) }, 'audio', /samples/],
    [
      'the sample of the documentation',
      { type: 'audio', audio: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=' },
      'audio',
      /8000 Hz/,
    ],
    [
      'an MP3',
      { type: 'audio', audio: Buffer.from('ID3 no wave at all').toString('base64') },
      'audio',
      /WAV/,
    ],
    ['a URL', { type: 'audio', audio: 'https://example.com/hold.wav' }, 'audio', /Base64/],
  ];

  it.each(cases)('%s', (_name, action, field, message) => {
    expect(() => parseActionDraft(action)).toThrow(
      expect.objectContaining({
        name: 'InvalidAction',
        field,
        message: expect.stringMatching(message),
      }),
    );
  });

  it.each([null, 7, 'speak', [], undefined])('%o is not an action', (value) => {
    expect(() => parseActionDraft(value)).toThrow(/must be an object/);
  });

  it('never repeats what is said or dialled', () => {
    for (const action of [
      { type: 'transfer', ...TRANSFER, target_phone_number: 'secret-number' },
      { type: 'send_sms', phone_number: 'secret-number', message: 'x' },
    ]) {
      expect(() => parseActionDraft(action)).not.toThrow(/secret-number/);
    }
  });

  it('needs a session to go over the wire', () => {
    expect(() => parseAction({ type: 'hangup' })).toThrow(/session_id must be a string/);
    expect(() => parseAction({ type: 'hangup', session_id: 'a/b' })).toThrow(
      /session_id .*got "a\/b"/,
    );
  });
});
