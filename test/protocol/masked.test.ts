import { expect, test } from 'vitest';
import { masked, maskedText } from '../../functions/protocol/masked.ts';
import { cpuTime } from '../support/cpu-time.ts';
import { wav } from '../support/wav.ts';

test.each([
  ['Call +49 176 39123456 now', 'Call +11 111 11111111 now'],
  ['0176-3912 3456', '0111-1111 1111'],
  ['0049 (0) 176/39123456', '0011 (0) 111/11111111'],
  ['from 4915112345678: broken', 'from 1111111111111: broken'],
  ['٠١٧٦٣٩١٢٣٤٥٦', '111111111111'],
  ['Order 4711 of 2026', 'Order 4711 of 2026'],
  ['order:12345678', 'order:11111111'],
])('%s becomes %s, and stays so', (text, expected) => {
  expect(maskedText(text)).toBe(expected);
  expect(maskedText(expected)).toBe(expected);
});

test('whose call it is goes, a clip is its length, and times stay', () => {
  const session = { id: 'session-123', from_phone_number: '+4917639123456' };
  expect(
    masked([
      { type: 'assistant_speak', session, speech_started_at: 1_790_000_000_000, duration_ms: 1e7 },
      { type: 'audio', session_id: 'session-123', audio: wav(1_500) },
      { say: 'Hi', play: 'hold-music', context: { 4917639123456: 4_917_639_123_456, n: 12 } },
      { target: { caller: '+4917639123456' }, expires_at: '2026-11-28T10:00:00Z' },
    ]),
  ).toEqual([
    { type: 'assistant_speak', speech_started_at: 1_790_000_000_000, duration_ms: 1e7 },
    { type: 'audio', audio: { wav_ms: 1_500 } },
    { say: 'Hi', play: 'hold-music', context: { 1111111111111: 1_111_111_111_111, n: 12 } },
    { target: { caller: '+1111111111111' } },
  ]);
});

test('a text of 60 KB takes no time, whatever it is', () => {
  const began = cpuTime();
  for (const part of ['1 ', '12345 ', '1--', '1((', '1'])
    maskedText(part.repeat(60_000 / part.length));
  expect(cpuTime() - began).toBeLessThan(500);
});
